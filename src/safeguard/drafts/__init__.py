"""What is typed and not sent yet: kept on the server, sealed, for a week, for whoever typed it."""
