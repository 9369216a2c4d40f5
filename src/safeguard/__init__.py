"""Safeguard: online-safety incidents, standards and evidence for schools, clubs and care."""

__version__ = "0.1.0"
