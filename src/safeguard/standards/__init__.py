"""Standards: what an organisation is measured by, where it says it stands, why, and what it does next."""
