"""Faces and poses: which are similar, in a collection and in an uploaded picture."""
