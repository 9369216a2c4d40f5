"""Filtering and monitoring: systems, what is blocked and why, checks, the yearly review."""
