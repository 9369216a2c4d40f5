"""Exports: what somebody takes out of the service to print, to keep or to count. Each one is told to the log."""
