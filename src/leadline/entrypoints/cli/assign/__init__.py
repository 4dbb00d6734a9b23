"""Who gets leads: people, teams, experiments."""
