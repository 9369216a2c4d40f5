"""What children say, and whether what was changed has helped."""
