"""Alerts in Slack, and what people press and type there."""
