"""Trying payloads, and what Leadline talks to."""
