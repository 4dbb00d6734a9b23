"""What operators do with leads: replay them, change waits, archive, move, count, estimate costs."""
