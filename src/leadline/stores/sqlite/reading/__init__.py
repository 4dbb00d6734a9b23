"""Read-only queries of a data folder."""
