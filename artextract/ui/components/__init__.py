"""Components with scripts of their own: the map, picture grids, facets."""
