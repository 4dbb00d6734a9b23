"""What is known of a lead beside what its sender wrote into its fields."""
