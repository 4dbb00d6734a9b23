"""Read-only questions to a stack."""
