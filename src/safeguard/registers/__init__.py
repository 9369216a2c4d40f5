"""Registers that standards ask for: policies, agreements, training, filtering, the committee, voices and impact."""
