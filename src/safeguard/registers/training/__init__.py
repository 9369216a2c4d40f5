"""Who learnt what, when, and what is due again."""
