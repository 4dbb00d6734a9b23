"""What operators are told: troubles, silent sources, the head of the audit log."""
