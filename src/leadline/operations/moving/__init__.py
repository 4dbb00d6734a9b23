"""Moving leads from one installation to another."""
