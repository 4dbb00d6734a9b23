"""Names of companies: their case, legal forms and keys for comparing."""
