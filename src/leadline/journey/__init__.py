"""The way of a lead: captured, refined, owned, followed, claimed, written back."""
