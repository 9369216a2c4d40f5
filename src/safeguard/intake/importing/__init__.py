"""Importing: a table of earlier records, from its upload to its run. What a row becomes is told by each use of it."""
