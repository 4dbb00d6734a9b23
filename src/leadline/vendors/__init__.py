"""A folder for each vendor: `webhook.py` reads what it sends, `api.py` calls it."""
