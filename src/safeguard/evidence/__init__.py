"""Evidence: signed checkpoints of the audit logs, packs that an inspector can verify alone, and the verifier."""
