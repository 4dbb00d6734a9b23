"""Settings: one file a table, how they are written, read and loaded."""
