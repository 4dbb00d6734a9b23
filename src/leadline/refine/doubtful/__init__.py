"""Spam, tests, placeholders and random letters."""
