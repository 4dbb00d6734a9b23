"""Leadline: capture a lead, wait for its owner, refine it, tell the right person."""

__version__ = "0.1.0"
