"""The training images: their labels, crops and feature sequences."""
