"""Requests for what is kept about somebody: who asks, by when, what is found, what is withheld, what is released."""
