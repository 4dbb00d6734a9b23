"""Shared code of the vendors' API clients."""
