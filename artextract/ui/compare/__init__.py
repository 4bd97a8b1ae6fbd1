"""The panels of Compare."""
