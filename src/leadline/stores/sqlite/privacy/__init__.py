"""What is erased, retired or suppressed, and the space that it leaves."""
