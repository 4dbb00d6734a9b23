"""The names of the files beside the data file."""

ERASURES = "erasures.jsonl"
"""The file of tombstones in the data folder, one in each line
(`stores.sqlite.privacy.erasures`)."""
AUDIT = "audit.jsonl"
"""The file of the audit log in the data folder, an entry in each line (`stores.audit_file`)."""
