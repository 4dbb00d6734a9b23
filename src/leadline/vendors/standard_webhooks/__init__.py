"""Senders that follow Standard Webhooks."""
