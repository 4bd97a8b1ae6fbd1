"""The map of a gallery: a component of its own on Plotly's WebGL, its colours, what it shows."""
