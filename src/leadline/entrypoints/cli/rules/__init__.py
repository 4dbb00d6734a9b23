"""Rules, tried before they are live."""
