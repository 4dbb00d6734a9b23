"""The tables of the team: people, teams, rules, hours and targets."""
