"""Countries: their codes, their names and how these are compared."""
