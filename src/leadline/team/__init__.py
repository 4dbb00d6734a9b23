"""Who is alerted to a lead, and when: people, business hours, response targets, routing."""
