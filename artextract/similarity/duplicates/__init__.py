"""Duplicates: the same picture twice, details, mirrored prints."""
