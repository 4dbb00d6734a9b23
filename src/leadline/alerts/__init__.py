"""What is told of a lead, to whom and when, and that it is told once."""
