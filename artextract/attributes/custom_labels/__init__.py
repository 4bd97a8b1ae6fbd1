"""Labels that a collection's own column teaches."""
