"""The sequence model: prepared, fitted, calibrated, written."""
