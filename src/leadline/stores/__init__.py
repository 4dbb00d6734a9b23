"""Where leads and tasks are kept: in memory, in SQLite, on AWS."""
