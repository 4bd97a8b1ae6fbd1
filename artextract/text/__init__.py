"""Text search: the texts of works are indexed, and pictures are searched by words."""
