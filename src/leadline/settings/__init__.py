"""Settings: their declarations, one file per table, and how they are read and loaded."""
