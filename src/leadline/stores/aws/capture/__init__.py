"""Storing what is captured: events, records and their documents in the archive."""
