"""The making of a pack: its members, its manifest, its signatures and its zip, the same bytes each time."""
