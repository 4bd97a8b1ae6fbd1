"""Fit, calibrate and write the sequence model."""
