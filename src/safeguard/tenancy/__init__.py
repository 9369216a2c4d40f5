"""Organisations: their kinds, their words, their settings, and how one comes into being."""
