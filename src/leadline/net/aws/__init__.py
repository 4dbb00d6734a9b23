"""Signed calls to AWS without its SDK, whose import is most of a cold start."""
