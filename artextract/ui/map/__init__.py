"""The map of a gallery: a component of its own on WebGL, its colours, what it shows."""
