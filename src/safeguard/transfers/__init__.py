"""A person's file on its way to the next school, club or provider, and files that came from others."""
