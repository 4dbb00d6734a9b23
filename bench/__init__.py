"""Every performance claim of Leadline, each against a baseline of the same run."""
