"""The panels of Similar."""
