"""Retention and suppression, as operators do them."""
