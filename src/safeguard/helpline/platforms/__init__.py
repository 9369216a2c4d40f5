"""How content is brought to platforms: where each takes reports, what it wants, and what waits for its answer."""
