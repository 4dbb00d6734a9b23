"""How long a source of leads may be silent, by its own history: pure functions."""
