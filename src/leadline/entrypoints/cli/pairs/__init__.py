"""Finding, joining and parting leads about one person."""
