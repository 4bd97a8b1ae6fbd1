"""Two subsets of works, and what is typical of each."""
