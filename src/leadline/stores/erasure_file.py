"""The name of the file of tombstones."""

ERASURES = "erasures.jsonl"
"""The file of tombstones in the data folder, one in each line (`stores.sqlite.erasures`)."""
