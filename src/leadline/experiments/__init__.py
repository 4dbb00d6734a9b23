"""Experiments: who gets which arm, and what may be said of the arms at any time: pure functions."""
