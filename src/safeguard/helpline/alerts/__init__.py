"""Alerts that the helpline publishes to organisations, and what each of them received."""
