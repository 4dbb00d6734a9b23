"""Names of people: their parts, order, case and short forms."""
