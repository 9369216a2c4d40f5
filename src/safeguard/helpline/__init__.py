"""The helpline's desk: what reaches it, what is done about it, and what becomes of each address."""
