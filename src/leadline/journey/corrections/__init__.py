"""A lead's fields with what people here corrected."""
