"""The view Differences of Compare: its two sides, their shared map, what is typical of each."""
