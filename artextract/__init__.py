"""ArtExtract: look at paintings with machine eyes."""

__version__ = "0.1.0"
