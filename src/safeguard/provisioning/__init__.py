"""Who joins and who leaves, as an organisation's own systems say: its directory by SCIM, its people by file."""
