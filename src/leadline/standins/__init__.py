"""Stand-ins for Slack, senders and a CRM that reach nobody, for trying Leadline."""
