"""Tests of the app's own part of the server."""
