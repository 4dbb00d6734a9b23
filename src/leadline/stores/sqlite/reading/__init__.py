"""Read-only questions to a data folder."""
