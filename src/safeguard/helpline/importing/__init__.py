"""Importing: the helpline's earlier cases, from a table."""
