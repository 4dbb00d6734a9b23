"""Stacks on AWS: making, moving, watching and paying for them."""
