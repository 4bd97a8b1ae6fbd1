"""Predict the style, genre, artist and date of a painting."""
