"""What comes with the program to compare words with pictures."""
