"""Tables of works, as museums and people have them: read, understood, and matched with their pictures."""
