"""Interprets texts about works: dates as years, and licences."""
