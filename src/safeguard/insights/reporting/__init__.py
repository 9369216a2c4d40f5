"""Reports: what those who govern read once a term, and what a review says, as pages and as PDF."""
