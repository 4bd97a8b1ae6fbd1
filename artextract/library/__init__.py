"""The library for researchers: an open collection, its results, and the tools for AI assistants."""
