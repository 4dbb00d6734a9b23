"""Adapters: the only modules that speak to a disk or a network."""
