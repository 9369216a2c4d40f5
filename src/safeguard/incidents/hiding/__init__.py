"""Who must not know of an incident: whoever is alleged, until they are told, and everybody who is not on its list."""
