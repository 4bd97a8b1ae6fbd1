"""A collection in time: its years, its periods, ways from period to period."""
