"""What is a painting like? Comparing two pictures, and finding the nearest of a collection."""
