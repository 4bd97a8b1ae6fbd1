"""The screen Collections: the existing collections, and forms to add more."""
