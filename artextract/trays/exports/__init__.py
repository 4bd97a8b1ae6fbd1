"""Exports of a tray: table, IIIF manifest, page for print, pictures."""
