"""Alerts by Apprise, which knows a hundred services."""
