"""Which leads are of one person or company, and what they are compared by."""
