"""Read-only queries of a stack."""
