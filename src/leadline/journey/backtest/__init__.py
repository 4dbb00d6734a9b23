"""Replays stored leads through settings without touching anything: what would have differed."""
