"""One box for everything: incidents, people and actions that somebody's words may mean."""
