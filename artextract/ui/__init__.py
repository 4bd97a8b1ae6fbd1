"""What screens share: frame, state, widgets."""
