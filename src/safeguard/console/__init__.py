"""The operator's console: how the service is doing, whom it serves, and nothing of what they keep in it."""
