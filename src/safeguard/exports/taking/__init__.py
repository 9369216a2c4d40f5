"""Taking everything along: what an organisation that leaves has to keep, and what of it is made already."""
