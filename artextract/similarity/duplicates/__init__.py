"""Duplicates: works that show the same picture, whole, in part or mirrored."""
