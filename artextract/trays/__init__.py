"""Trays: works that a visitor collects, in an order and with notes, to keep, share and export."""
