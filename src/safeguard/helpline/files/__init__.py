"""Files that came with a referral: announced, fetched, checked, kept with the case, locked when they must be."""
