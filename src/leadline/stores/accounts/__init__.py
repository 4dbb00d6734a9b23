"""The accounts of the dashboard, in a SQLite file of their own beside the leads (decision 66)."""
