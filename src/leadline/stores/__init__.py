"""Stores of leads and tasks: in memory, in SQLite, and on AWS."""
