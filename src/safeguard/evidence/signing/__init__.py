"""The signer: its keys, its memory outside the database, its process, and how the rest of the service asks it."""
