"""The National Gallery of Art: its open tables, and its pictures by IIIF."""
