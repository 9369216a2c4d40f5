"""Every route and who may use it, a table for each room."""
