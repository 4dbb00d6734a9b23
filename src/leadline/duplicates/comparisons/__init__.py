"""Comparing what two leads say, field by field."""
