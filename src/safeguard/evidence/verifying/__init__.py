"""The independent verifier: it shares no code with what makes packs, and needs no database, no web and no assets."""
