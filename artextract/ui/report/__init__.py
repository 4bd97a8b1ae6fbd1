"""The model report: how accurate the model is, and what it confuses."""
