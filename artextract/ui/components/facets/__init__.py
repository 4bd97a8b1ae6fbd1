"""Bars of counts, each a click from a filter."""
