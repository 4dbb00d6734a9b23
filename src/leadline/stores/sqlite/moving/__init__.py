"""A data folder as one side of a move."""
