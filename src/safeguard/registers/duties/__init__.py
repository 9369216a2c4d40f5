"""Duties that come round again: visits and reviews, when each was last done, and when it is due."""
