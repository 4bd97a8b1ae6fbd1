"""Regions of a map: groups of works that are close together, and their names."""
