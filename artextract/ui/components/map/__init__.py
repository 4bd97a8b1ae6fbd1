"""The map of a gallery: a component of its own, its colours, what it shows."""
