"""The embedded store: one SQLite file for everything."""
