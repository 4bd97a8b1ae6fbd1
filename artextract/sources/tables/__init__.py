"""Tables of works: read them, interpret their columns, and match the rows with pictures."""
