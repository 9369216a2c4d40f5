"""Inspectors: what they were given, what they asked, the room in which they read it, and when that ends."""
