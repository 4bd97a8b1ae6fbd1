"""Works as picture cards, in a grid of their own."""
