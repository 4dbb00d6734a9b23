"""Phone numbers: reading, numbering plans, old forms and keys for comparing."""
