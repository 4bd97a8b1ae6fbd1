"""Faces and poses: found in pictures, kept, and compared."""
