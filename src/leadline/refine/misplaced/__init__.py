"""Values in the wrong field, and what can be found in other fields and messages."""
