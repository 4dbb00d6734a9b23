"""Signed calls to AWS without its SDK, which costs a cold start."""
