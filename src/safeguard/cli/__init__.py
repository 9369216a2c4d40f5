"""The command line: a table of names, each loaded only when it is asked for."""
