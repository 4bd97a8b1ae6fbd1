"""What a tray is taken away as: a table, a IIIF manifest, a page for print, its pictures."""
