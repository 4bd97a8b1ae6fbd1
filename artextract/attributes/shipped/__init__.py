"""The model that comes with the program."""
