"""Channels, the destinations of alerts: one folder for each kind."""
