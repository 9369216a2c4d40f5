"""The channel between organisations: sealed envelopes, a signed receipt for each, and what may stand inside."""
