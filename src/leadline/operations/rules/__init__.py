"""What rules decided, and what is wrong in them."""
