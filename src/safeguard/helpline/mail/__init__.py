"""Mail: what reaches the helpline's address becomes a case or continues one, and answers leave by it."""
