"""Long jobs behind the screens: their queue, what can be started, and their progress."""
