"""The two kinds of installation, embedded and on AWS, for the entrypoints: they know no store."""
