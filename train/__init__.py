"""Training: entry points and their configurations."""
