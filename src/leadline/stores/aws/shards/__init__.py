"""In which partitions the entries of indexes are, and how their number changes."""
