"""Telling people what waits for them: in the app, and by mail that says no more than that something does."""
