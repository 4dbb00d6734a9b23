"""Alerts as signed events to an endpoint of the user's."""
