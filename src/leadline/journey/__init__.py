"""The steps of a lead: capture, refinement, ownership, follow-up, claim, write-back."""
