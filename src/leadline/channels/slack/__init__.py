"""Alerts in Slack, and the buttons and commands that people use there."""
