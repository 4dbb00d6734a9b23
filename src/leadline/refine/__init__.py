"""Refinement: pure rules, one module per step; no I/O, and time comes in as an argument."""
