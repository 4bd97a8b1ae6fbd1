"""The map of a gallery: its component, content and colours."""
