"""Who may use the dashboard, and which programs."""
