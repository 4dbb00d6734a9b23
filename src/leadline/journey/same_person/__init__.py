"""Leads about one person: linking them, and what people decided about them."""
