"""Requests to others: their deadlines, and what of them may be logged."""
