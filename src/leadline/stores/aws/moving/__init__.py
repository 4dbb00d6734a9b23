"""A stack as one side of a move, and the rebuilding of its table."""
