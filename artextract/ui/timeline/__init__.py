"""Timeline: the years of a collection, its periods, and how groups change between periods."""
