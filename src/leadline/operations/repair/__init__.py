"""Doing steps again, changing waits, and archives."""
