"""A list of leads as CSV (RFC 4180), for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator

from leadline.model.formats import iso
from leadline.model.task import ON_HOLD
from leadline.model.texts.harmless_texts import in_spreadsheet
from leadline.operations.lists.listing import Listed

FIELDS = (
    "captured_at", "lead_id", "status", "due_at", "source", "name", "email", "phone", "company",
    "owner", "score", "hot", "why", "duplicate_of",
)  # fmt: skip
"""The columns of CSV."""


def csv_lines(leads: Iterable[Listed]) -> Iterator[str]:
    """The leads as lines of CSV, with a heading. Texts are on one line; those that a spreadsheet
    would run as formulas begin with `'`."""
    yield csv_line(FIELDS)
    for one in leads:
        row = one.row
        due = "" if one.wait is None or one.on_hold else iso(one.wait.due_at)
        status = ON_HOLD if one.on_hold else str(row.status)
        texts = (row.source, row.name, row.email, row.phone, row.company, row.owner)
        safe = [in_spreadsheet(text or "") for text in texts]
        score = "" if row.score is None else f"{row.score:g}"
        yield csv_line([
            iso(row.captured_at), row.lead_id, status, due, *safe, score, "yes" if row.hot else "",
            in_spreadsheet(row.why), row.duplicate_of or "",
        ])  # fmt: skip


def csv_line(cells: Iterable[str]) -> str:
    """A line of CSV; what senders wrote must be harmless already (`in_spreadsheet`)."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
