"""Collecting: take the works of a source into a collection."""

from artextract.collecting.run import CollectResult, collect

__all__ = ["CollectResult", "collect"]
