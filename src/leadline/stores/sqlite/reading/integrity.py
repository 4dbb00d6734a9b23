"""Checks the data file for damage by SQLite's own check and by the checksums of bodies and
documents, and names the leads affected."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import apsw
import msgspec

from leadline.model.errors import LeadlineError
from leadline.model.texts.json_text import read_json
from leadline.ports.reading.ledger import Progress, unseen
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.checksums import is_whole
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import text_of

_sql = Queries(__name__)
_MISSING = re.compile(r"row (\d+) missing from index")
_STEPS = 1_000
_LATEST = 2_000
_TOLD_EVERY = 5_000
_OF_LEAD = {
    "raw": _sql.of_raw,
    "refined": _sql.of_refined,
    "handling": _sql.of_handling,
    "task": _sql.of_task,
    "history": _sql.of_history,
    "alert": _sql.of_alert,
}
_LEAD_OF_ROW = {
    "lead": _sql.lead_at,
    "raw": _sql.lead_at,
    "refined": _sql.lead_at,
    "handling": _sql.lead_at,
    "history": _sql.lead_of_history,
    "alert": _sql.lead_of_alert,
}


class Fault(NamedTuple):
    """A damaged table, SQLite's message, and the ids of the leads whose rows in it can't be read or
    found."""

    table: str
    words: str
    leads: tuple[str, ...] = ()


class Damaged(NamedTuple):
    """A lead with damaged data, and which data is damaged."""

    lead_id: str
    what: str


def structure_faults(db: apsw.Connection) -> list[Fault]:
    """The faults that SQLite's check of the whole file finds; call it inside a transaction."""
    if (words := _verdict(db, "integrity_check")) is None:
        return []
    found = [fault for table in _tables(db) for fault in _faults_of(db, table, "integrity_check")]
    return found or [Fault("the file", words)]


def sampled_faults(
    db: apsw.Connection, is_over: Callable[[], bool]
) -> tuple[list[Fault], list[Damaged], bool]:
    """Damage found until *is_over*, table by table and among the latest leads, and whether the
    check was completed."""
    faults: list[Fault] = []
    damaged: list[Damaged] = []
    db.set_progress_handler(is_over, _STEPS)
    try:
        for row in bulk.query(db, _sql.latest, _LATEST):
            damaged += _of_latest(row)
        for table in _tables(db):
            faults += _faults_of(db, table, "quick_check")
    except apsw.InterruptError:
        return faults, damaged, False
    except apsw.CorruptError as error:
        return [*faults, Fault("the file", str(error))], damaged, True
    finally:
        db.set_progress_handler(None)
    return faults, damaged, True


def told_of(
    rows: Iterable[tuple[Any, ...]], what: str, total: int, progress: Progress
) -> Iterator[tuple[Any, ...]]:
    """The rows, of whose number *progress* is told at the beginning, now and then, and at the
    end."""
    done = 0
    progress(what, 0, total)
    for done, row in enumerate(rows, 1):
        yield row
        if done % _TOLD_EVERY == 0:
            progress(what, done, total)
    progress(what, done, total)


def damaged_contents(db: apsw.Connection, progress: Progress = unseen) -> Iterator[Damaged | None]:
    """All bodies and documents that do not match their checksum; None for each without a checksum,
    written by an earlier version."""
    raws, heads, handlings = (count for (count,) in bulk.query(db, _sql.count_contents))
    rows = told_of(db.execute(_sql.raws), "bodies", raws, progress)
    for lead_id, raw, raw_sum, body, body_sum in rows:
        yield from _compared(lead_id, "its raw words are damaged", raw, raw_sum, _is_json)
        yield from _compared(lead_id, "its body, as delivered, is damaged", body, body_sum)
    rows = told_of(db.execute(_sql.heads), "refined documents", heads, progress)
    for lead_id, head, head_sum in rows:
        yield from _compared(lead_id, "its refined document is damaged", head, head_sum, _is_read)
    rows = told_of(db.execute(_sql.handlings), "handlings", handlings, progress)
    for lead_id, body, body_sum in rows:
        yield from _compared(lead_id, "how it is handled is damaged", body, body_sum, _is_read)


def _compared(
    lead_id: Any,
    what: str,
    content: Any,
    kept: Any,
    is_sound: Callable[[bytes], bool] = lambda _content: True,
) -> Iterator[Damaged | None]:
    if kept is None and content is not None:
        yield None
    if not is_whole(content, kept) or (content is not None and not is_sound(content)):
        yield Damaged(text_of(lead_id), what)


def _is_json(content: bytes) -> bool:
    try:
        return read_json(content) == content
    except LeadlineError:
        return False


def _is_read(content: bytes) -> bool:
    try:
        msgspec.json.decode(content)
    except (ValueError, RecursionError):
        return False
    return True


def _of_latest(row: tuple[Any, ...]) -> Iterable[Damaged]:
    lead_id, raw, raw_sum, body, body_sum, head, head_sum = row
    for what, content, kept in (
        ("its raw words are damaged", raw, raw_sum),
        ("its body, as delivered, is damaged", body, body_sum),
        ("its refined document is damaged", head, head_sum),
    ):
        if not is_whole(content, kept):
            yield Damaged(text_of(lead_id), what)


def _tables(db: apsw.Connection) -> list[str]:
    return [name for (name,) in bulk.query(db, _sql.tables)]


def _verdict(db: apsw.Connection, check: str, table: str = "") -> str | None:
    """SQLite's message; None if nothing is wrong."""
    about = f"('{table}')" if table else ""
    try:
        rows = [str(words) for (words,) in db.execute(f"PRAGMA {check}{about}").fetchall()]
    except apsw.InterruptError:
        raise
    except apsw.Error as error:
        return str(error)
    if rows == ["ok"]:
        return None
    return "; ".join(row.removeprefix("*** in database main ***").strip() for row in rows)


def _faults_of(db: apsw.Connection, table: str, check: str) -> list[Fault]:
    if (words := _verdict(db, check, table)) is None:
        return []
    return [Fault(table, words, tuple(dict.fromkeys(_leads_hurt(db, table, words))))]


def _leads_hurt(db: apsw.Connection, table: str, words: str) -> Iterator[str]:
    try:
        if (query := _LEAD_OF_ROW.get(table)) is not None:
            for row in _MISSING.findall(words):
                for (lead_id,) in bulk.query(db, query, int(row)):
                    yield text_of(lead_id)
        if (query := _OF_LEAD.get(table)) is not None:
            for number, lead_id in bulk.query(db, _sql.leads):
                if not _is_readable(db, query, number):
                    yield text_of(lead_id)
    except apsw.CorruptError:  # then the leads themselves can't be read
        return


def _is_readable(db: apsw.Connection, query: str, number: int) -> bool:
    try:
        bulk.query(db, query, number)
    except apsw.CorruptError:
        return False
    return True
