"""The model report: how far the model can be trusted, and where it errs."""
