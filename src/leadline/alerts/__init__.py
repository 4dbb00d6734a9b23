"""Alerts: what a channel sends about a lead, when, to whom, and how each is sent only once."""
