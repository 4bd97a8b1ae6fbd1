"""Components with scripts of their own."""
