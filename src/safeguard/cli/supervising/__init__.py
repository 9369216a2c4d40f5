"""One tree of processes: started in order, watched, started again when they die, ended together."""
