"""Faces and poses: which are alike, in a collection and in a picture of one's own."""
