"""Training commands and their configurations."""
