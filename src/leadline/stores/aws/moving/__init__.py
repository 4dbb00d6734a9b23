"""A stack as one side of a move, and how its table is rebuilt."""
