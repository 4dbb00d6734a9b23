"""Experiments: in which arms a lead is, and what each arm changes."""
