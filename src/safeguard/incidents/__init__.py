"""Incidents: reported in a minute, followed up in entries, closed with reasons; nothing in them is overwritten."""
