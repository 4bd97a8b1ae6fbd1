"""Detection of faces and poses in the pictures of a collection."""
