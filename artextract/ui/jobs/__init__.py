"""Long jobs behind the screens: one board, what can be started, and how they look."""
