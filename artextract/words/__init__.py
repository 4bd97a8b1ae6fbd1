"""What was written of the works, and what a person writes: found by word and by meaning."""
