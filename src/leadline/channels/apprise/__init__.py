"""Alerts by Apprise, which sends to about a hundred services."""
