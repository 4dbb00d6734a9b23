"""Which columns of the data file are sealed: all with words about people (`privacy.places`)."""

from collections.abc import Mapping
from typing import NamedTuple


class SealedTable(NamedTuple):
    """A table, the column that binds a sealed value to its row, and the sealed columns, each with
    the column of its checksum if it has one."""

    name: str
    row: str
    columns: Mapping[str, str | None]


SEALED = (
    SealedTable("lead", "n", {"record": None, "why": None}),
    SealedTable("raw", "lead", {"raw": "raw_sum", "body": "body_sum", "media_type": None}),
    SealedTable("refined", "lead", {"head": "head_sum"}),
    SealedTable("handling", "lead", {"body": "body_sum"}),
    SealedTable("history", "lead", {"detail": None}),
    SealedTable("task", "lead", {"error": None}),
    SealedTable("tried", "lead", {"body": None}),
    SealedTable("alert", "lead", {"template": None}),
    SealedTable("likeness", "lead", {"traits": None}),
    SealedTable("judgement", "lead", {"by": None}),
    SealedTable("legal_hold", "lead", {"why": None, "by": None}),
    SealedTable("suppressed", "hash", {"reason": None}),
    SealedTable("document", "name", {"body": "body_sum"}),
)
SEALED_TABLES = {table.name: table for table in SEALED}

HARMLESS = frozenset(
    {
        "application/json",
        "application/json; charset=utf-8",
        "application/x-www-form-urlencoded",
        "text/plain",
    }
)
"""Values that say nothing about anybody, as of the content type of most deliveries."""
