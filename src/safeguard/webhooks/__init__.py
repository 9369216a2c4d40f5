"""Telling other programs that something happened: which events, to where, signed, and what came of it."""
