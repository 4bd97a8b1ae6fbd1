"""Decoding of picture files: colours, rare kinds of TIFF, truncated JPEGs."""
