"""Storing what is captured: events, their keys and their owners."""
