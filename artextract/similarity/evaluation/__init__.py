"""How often a work's nearest works share its artist, style or genre."""
