"""What a painting is: its style, genre, artist and date."""
