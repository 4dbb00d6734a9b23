"""Alerts as cards of Microsoft Teams."""
