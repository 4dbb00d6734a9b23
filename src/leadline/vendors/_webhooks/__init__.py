"""Shared code of the vendors' webhooks."""
