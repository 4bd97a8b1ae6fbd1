"""Trays: works that a visitor laid together, in an order, with notes; kept, shared, taken away."""
