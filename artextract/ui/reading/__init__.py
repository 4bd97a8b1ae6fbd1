"""The screen Read: choose pictures, see predictions with explanations, download a report."""
