"""`python -m artextract.cli`."""

from artextract.cli import app

app()
