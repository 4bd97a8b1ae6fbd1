"""The training images: which there are, how they are cropped, what was computed of them."""
