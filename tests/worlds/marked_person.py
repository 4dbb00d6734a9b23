"""A person who can be found in bytes, in whatever form they stand there, and whom deliveries of
every source are about."""

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from functools import cache
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote, quote_plus

import apsw

from leadline.standins import samples as standins
from leadline.standins.samples import Sample

FIRST, LAST, EMAIL = "Zephyrine", "Quillfeäther", "zephyrine.q@example.com"
PHONE, COMPANY, MESSAGE = "+1 415 555 0173", "Brindlemoor Looms", "about the saffron trebuchet"
MARKS: Mapping[str, tuple[str, ...]] = {
    "name": (LAST, "Quillfeather", "Quillfeaether"),
    "email": (EMAIL,),
    "phone": (PHONE, "4155550173", "415-555-0173", "(415) 555-0173"),
    "company": ("Brindlemoor",),
    "message": ("saffron trebuchet",),
}
PERSON = {"name": f"{FIRST} {LAST}", "email": EMAIL, "phone": PHONE, "company": COMPANY}
_ROW = (FIRST, LAST, EMAIL, PHONE, COMPANY, "Weaver", "US")
_PEOPLE = 22
"""So many people the samples are about."""


@cache
def _forms(text: str) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """How a text can stand in bytes: in lower case, and (base64) as it is."""
    lower = text.lower()
    escaped = json.dumps(lower)[1:-1]
    written = {lower, escaped, escaped.replace("\\", "\\\\"), lower.replace(" ", "+")}
    written |= {quote(lower), quote_plus(lower), quote(lower, encoding="latin-1", errors="replace")}
    written |= {quote(one) for one in (quote(lower), escaped)}
    forms = {one.lower().encode() for one in written}
    for encoding in ("utf-16-le", "utf-16-be", "latin-1"):
        forms.add(lower.encode(encoding, errors="replace"))
    whole = set()
    for case in {text, lower, text.title(), text.upper()}:
        data = case.encode()
        for before in range(3):  # what begins anywhere in a group of three bytes
            coded = b64encode(b"\0" * before + data)
            whole.add(coded[-(-before * 8 // 6) : len(coded) - 4])
    return frozenset(forms), frozenset(whole)


def marks_in(data: bytes) -> set[str]:
    """What of the person stands in these bytes: names of `MARKS`."""
    lower = data.lower()
    return {
        mark
        for mark, texts in MARKS.items()
        for text in texts
        for forms, whole in [_forms(text)]
        if any(form in lower for form in forms) or any(form in data for form in whole)
    }


def deliveries(at: datetime, base: str) -> list[Sample]:
    """Deliveries of every source, all about the person."""
    with patch.object(standins, "_PEOPLE", (_ROW,) * _PEOPLE):
        return standins.samples(7, at, base)


def records(folder: Path) -> None:
    """Write the documents that a CRM of documents has of the person, by the number of a record."""
    with patch.object(standins, "_PEOPLE", (_ROW,) * _PEOPLE):
        numbers = [one.number for one in standins.people(7)]
    folder.mkdir()
    document = json.dumps({**PERSON, "message": MESSAGE, "owner_name": "Ines Okafor",
                           "owner_email": "ines@example.org"})  # fmt: skip
    for number in (*numbers, *(n + 1 for n in numbers)):
        (folder / f"{number}.json").write_text(document)


def marked_files(folder: Path) -> dict[str, set[str]]:
    """The files below a folder in which the person stands, by their paths in it."""
    found = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        data = path.read_bytes()
        if path.name.endswith(("gz", "gz.partial")):
            data += gzip.decompress(data)
        if marks := marks_in(data):
            found[path.relative_to(folder).as_posix()] = marks
    return found


def marked_columns(file: Path) -> dict[str, set[str]]:
    """The columns of a data file in which the person stands, as TABLE.COLUMN."""
    found: dict[str, set[str]] = {}
    with closing(apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)) as db:
        for table, column, value in _values(db):
            if marks := marks_in(value):
                found.setdefault(f"{table}.{column}", set()).update(marks)
    return found


def _values(db: apsw.Connection) -> Iterator[tuple[str, str, bytes]]:
    tables = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (table,) in tables:
        columns = [str(column) for _, column, *_ in db.pragma("table_info", table)]
        for row in db.execute(f'SELECT * FROM "{table}"'):
            for column, value in zip(columns, row, strict=True):
                if isinstance(value, str | bytes):
                    yield str(table), column, value.encode() if isinstance(value, str) else value
