"""Every kind of record besides incidents and people: its schedule, what holds it back, its disposal."""
