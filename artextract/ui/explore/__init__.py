"""Exploring: the map with filters, the chosen work, neighbours, selection; Similar and Compare."""
