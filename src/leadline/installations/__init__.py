"""The two kinds of installation, embedded and on AWS. Entrypoints use these, not the stores."""
