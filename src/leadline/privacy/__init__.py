"""How personal data is found, masked, hashed, kept and erased: pure functions."""
