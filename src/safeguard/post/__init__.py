"""Mail that leaves: queued in the transaction that asks for it, sent by a worker, each with its delivery kept."""
