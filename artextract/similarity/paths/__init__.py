"""Paths from work to work through their neighbours."""
