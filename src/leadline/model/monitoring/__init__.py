"""What is noted about the work of an installation: attempts, arrivals and troubles."""
