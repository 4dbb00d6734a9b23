"""What is held about a person: found, shown and erased."""
