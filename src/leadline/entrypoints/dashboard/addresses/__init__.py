"""What the address of a page says: filters, sort and range."""
