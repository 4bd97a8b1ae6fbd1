"""A grid of works as picture cards."""
