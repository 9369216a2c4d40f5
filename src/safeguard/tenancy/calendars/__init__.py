"""Clocks: working days, school days, helpline hours, and what is due when."""
