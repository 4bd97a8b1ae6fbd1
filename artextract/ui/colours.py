"""Colours of charts and maps, readable on a light and on a dark background."""

PALETTE = (
    *("#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#b07aa1", "#d4a72c", "#3aa6a0"),
    *("#ff9da7", "#9c755f", "#7b6fd0", "#86bc48", "#c44e8b", "#8fc7ea", "#c9b18b"),
)
"""Colours of categories (after Tableau 10), for the most common category first."""
GREY = "#8d8a84"  # Lines, and values without a colour of their own
ACCENT = "#c8553d"  # What a chart highlights
