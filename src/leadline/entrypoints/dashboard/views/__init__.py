"""What a page shows, worked out from what the ledger answers."""
