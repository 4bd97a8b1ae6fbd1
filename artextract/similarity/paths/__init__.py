"""Paths between works through similar works."""
