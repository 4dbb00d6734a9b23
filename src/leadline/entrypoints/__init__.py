"""Doors: thin modules that call inward once."""
