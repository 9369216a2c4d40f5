"""The files of items of evidence: taken in sealed, checked before anybody opens them, locked when they must be."""
