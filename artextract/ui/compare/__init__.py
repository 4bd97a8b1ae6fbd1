"""Compare: two works, the duplicates of a collection, the differences between two sets of works."""
