"""Who may do what: one table over roles, and the actors that it is asked about."""
