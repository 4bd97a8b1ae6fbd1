"""How sure an answer is: calibrated probabilities, and pictures that are out of distribution."""
