"""Records at the end of their time, and people's rights over what is kept of them."""
