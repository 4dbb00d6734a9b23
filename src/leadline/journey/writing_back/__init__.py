"""Writing leads back to the CRM."""
