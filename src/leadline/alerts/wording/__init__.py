"""What messages say, in words."""
