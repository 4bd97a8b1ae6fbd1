"""Two sides: what is typical of one and not of the other. Works, terms, regions of a shared map."""
