"""Collections: what there is, and adding more."""
