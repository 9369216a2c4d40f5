"""What somebody shows beside a password, or instead of it, and how sure we are of them afterwards."""
