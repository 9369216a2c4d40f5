"""The operations page: work that stopped and needs a person, without showing any record."""
