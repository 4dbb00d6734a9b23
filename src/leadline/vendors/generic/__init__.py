"""Any sender of JSON or forms."""
