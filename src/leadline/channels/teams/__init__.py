"""Alerts as cards in Microsoft Teams."""
