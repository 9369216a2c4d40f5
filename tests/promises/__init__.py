"""What is promised about who gets in and what they may see, line by line, and the tests that show it."""
