"""Access tokens of OAuth 2.0 (JWT): the keys of their issuers, and the check by them."""
