"""Explore: the map with filters, the open work, similar works, paths and the selection."""
