"""One folder per vendor: `webhook.py` is its source, `api.py` its CRM client."""
