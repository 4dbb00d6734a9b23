"""Looking up facts about leads: whom to ask, within which time and money, and what is kept."""
