"""Reports by the public page: a child, a parent or a visitor writes, gets a code, and comes back for the answer."""
