"""Who of a team is given a lead: presence, turns and quotas."""
