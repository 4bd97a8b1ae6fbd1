"""Weights that come with the program."""
