"""Files attached to incidents: taken in, checked, kept sealed, opened by those who may, locked when they must be."""
