"""How near two pictures are: each metric, and what its number means."""
