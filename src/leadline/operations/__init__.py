"""What an operator does with leads: replay, archive, move, count."""
