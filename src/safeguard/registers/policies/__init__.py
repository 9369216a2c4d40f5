"""Policies and agreements: editions, who has read them, who has signed."""
