"""Custom labels: classifiers fitted to a collection's own columns."""
