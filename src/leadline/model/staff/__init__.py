"""Who works with leads: people, accounts, and what is remembered to give leads out."""
