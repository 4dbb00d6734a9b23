"""Alerts as signed events to a URL of the user's choice."""
