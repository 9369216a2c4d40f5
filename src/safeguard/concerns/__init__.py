"""Concerns about adults who work here: a vault that the head opens, and whoever the head names."""
