"""Fetching from other servers, politely and safely."""
