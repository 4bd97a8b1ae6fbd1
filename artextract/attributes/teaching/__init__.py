"""A collection's own words: a small head taught on the labels that its works have."""
