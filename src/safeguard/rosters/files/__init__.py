"""What a roster's file says: OneRoster, a Common Transfer File, or a plain table, all as the same entries."""
