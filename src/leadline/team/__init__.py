"""Who hears of a lead and when: people, hours, targets, routing."""
