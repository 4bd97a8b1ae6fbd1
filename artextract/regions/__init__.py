"""The regions of a map: where works lie close together, and what to call them."""
