"""Which leads are about one person, and what they are compared by."""
