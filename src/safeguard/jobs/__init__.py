"""Work that a worker does: rows that are the truth, a bell, claims with a fence, a reconciler and a schedule."""
