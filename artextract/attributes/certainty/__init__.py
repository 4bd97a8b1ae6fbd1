"""How sure an answer is: probabilities that can be believed, and what can’t be known at all."""
