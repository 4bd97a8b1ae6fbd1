"""Bars of counts. A click on a bar filters by its value."""
