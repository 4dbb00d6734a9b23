"""Delivery: what to say, to whom, and when to say it again."""
