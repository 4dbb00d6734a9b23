"""Outgoing requests: clients, deadlines, and the redaction of texts for logs."""
