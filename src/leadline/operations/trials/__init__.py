"""Experiments and orders that learn: run, watched and reported."""
