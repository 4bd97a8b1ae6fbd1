"""Are a work's neighbours what a person would call alike? Measured by the labels of the works."""
