"""Every column about people is sealed, and every statement that writes one names the table."""

import re
from pathlib import Path

import pytest

from leadline.privacy.places.tables import TABLE_PLACES
from leadline.stores import sqlite
from leadline.stores.sqlite.encryption.sealed_columns import SEALED_TABLES
from leadline.stores.sqlite.queries import read_queries

BLIND = {"desk.person"}
"""Sealed so that the same is always the same, by `blinding`."""
ALSO = {"suppressed.reason"}
"""Words that are to name nobody."""


def test_every_column_about_people_is_sealed() -> None:
    named = {
        f"{place.name}.{column}"
        for place in TABLE_PLACES
        for column in (*place.person, *place.staff)
    }
    sealed = {f"{table}.{column}" for table, one in SEALED_TABLES.items() for column in one.columns}
    assert named - sealed == BLIND
    assert sealed - named == ALSO


@pytest.mark.parametrize(
    "path", sorted(p for p in Path(sqlite.__file__).parent.rglob("*.sql")), ids=lambda p: p.stem
)
def test_statements_that_write_name_the_table_itself(path: Path) -> None:
    tables = "|".join((*SEALED_TABLES, "desk"))
    writes = re.compile(rf"\b(?:INTO|UPDATE|DELETE FROM)\s+({tables})\b")
    if path.parent.name != "migrations":
        for name, query in read_queries(path.read_text()).items():
            assert not writes.search(query.text), name
