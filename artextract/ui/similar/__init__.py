"""Similar: search by a picture, a work or words."""
