"""The report in a pack: a document that somebody can hand over, read and archive (PDF/A-3b and PDF/UA-1)."""
