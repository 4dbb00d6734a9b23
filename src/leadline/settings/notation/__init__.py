"""How values of settings are written, and how they are read."""
