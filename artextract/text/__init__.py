"""Texts of works, and search by words."""
