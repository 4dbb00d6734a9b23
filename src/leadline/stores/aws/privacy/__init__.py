"""What is erased, retired or held back, and what remembers it."""
