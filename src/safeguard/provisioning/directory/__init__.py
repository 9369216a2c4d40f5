"""SCIM 2.0 (RFC 7643, 7644): what an organisation's directory asks, and what is done about it."""
