"""The search box, what it finds, and works to begin with, on every screen that searches."""
