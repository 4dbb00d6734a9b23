"""Checks of settings after they are read."""
