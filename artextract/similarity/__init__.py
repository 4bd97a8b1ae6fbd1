"""Similarity: comparing two pictures, and finding the works of a collection most similar to a query."""
