"""Leads in and out of the file: what `export`, `import`, `backup` and `restore` need."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import apsw

from leadline.model.errors import ConfigurationError
from leadline.model.formats import refined_document
from leadline.model.handling import Handling
from leadline.model.lead import Fate, RefinedLead
from leadline.model.rights import PRIVATE, Rights, make_folder, new_file
from leadline.model.task import Step
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.database import Database, micros, moment, nobody_else
from leadline.stores.sqlite.folder import FILE
from leadline.stores.sqlite.handling import handling_decoder, keep_first_handlings
from leadline.stores.sqlite.inbox import count_rows
from leadline.stores.sqlite.store import SqliteStore
from leadline.stores.sqlite.tasks import numbers_of

_PAGES_A_STEP = 2_000
_COPIED_AT_ONCE = 1 << 20


class Exported(NamedTuple):
    """One lead as it goes out; `refined` is None while it waits."""

    lead_id: str
    captured_at: datetime
    source: str
    record: str | None
    raw: bytes
    refined: bytes | None
    handling: Handling | None = None


def leads_from(db: Database, since: datetime | None, batch: int = 500) -> Iterator[Exported]:
    """Every lead captured since then, oldest first; new ones may come in meanwhile."""
    last = 0
    while True:
        rows = db.rows(
            """SELECT n, id, captured_at, source, record, raw, head, handling.body FROM lead
               JOIN raw ON raw.lead = lead.n LEFT JOIN refined ON refined.lead = lead.n
               LEFT JOIN handling ON handling.lead = lead.n
               WHERE fate = ? AND n > ? AND captured_at >= ? ORDER BY n LIMIT ?""",
            str(Fate.CAPTURED),
            last,
            micros(since) if since else 0,
            batch,
        )
        if not rows:
            return
        for n, key, at, source, record, raw, head, body in rows:
            last = n
            lead_id = str(uuid.UUID(bytes=key))
            whole = refined_document(head, raw) if head is not None else None
            handled = handling_decoder.decode(body) if body is not None else None
            yield Exported(lead_id, moment(at), source, record, raw, whole, handled)


def count_leads(db: Database, since: datetime | None) -> int:
    """How many `leads_from` will give."""
    rows = db.rows(
        "SELECT count(*) FROM lead WHERE fate = ? AND captured_at >= ?",
        str(Fate.CAPTURED),
        micros(since) if since else 0,
    )
    return int(rows[0][0])


def adopt(
    store: SqliteStore,
    refined: Sequence[tuple[RefinedLead, bytes]],
    keys: Mapping[str, Sequence[bytes]],
) -> int:
    """Take refined leads in as they were, with nobody told again; their captures are there.

    *refined* are leads with their documents' heads, *keys* their match keys by lead id.
    """
    with store.keys.forgetting_on_failure(), store.db.writing() as db:
        numbers = numbers_of(db, [lead.lead_id for lead, _ in refined])
        originals = numbers_of(
            db, {lead.duplicate_of.lead_id for lead, _ in refined if lead.duplicate_of}
        )
        rows = [
            (
                numbers[lead.lead_id],
                micros(lead.processed_at),
                lead.status,
                originals.get(lead.duplicate_of.lead_id) if lead.duplicate_of else None,
                0,
                head,
            )
            for lead, head in refined
            if lead.lead_id in numbers
        ]
        bulk.insert(db, "refined", rows, tail="ON CONFLICT DO NOTHING")
        done = [row[0] for row in rows]
        bulk.select(db, "DELETE FROM task WHERE step = ? AND lead IN ()", done, str(Step.REFINE))
        mine = {
            key: (numbers[lead.lead_id], micros(lead.captured_at))
            for lead, _ in refined
            if lead.lead_id in numbers
            for key in keys[lead.lead_id]
        }
        taken = store.keys.owners(db, mine)
        store.keys.add(db, [(k, n, at, 1) for k, (n, at) in mine.items() if k not in taken])
        count_rows(db, [(lead.captured_at, lead.received_from, lead.status) for lead, _ in refined])
    return len(rows)


def adopt_handlings(store: SqliteStore, handlings: Mapping[str, Handling]) -> int:
    """Take in what people made of refined leads that nobody has handled here; how many."""
    with store.db.writing() as db:
        numbers = numbers_of(db, handlings)
        refined = {
            n
            for (n,) in bulk.select(
                db, "SELECT lead FROM refined WHERE lead IN ()", numbers.values()
            )
        }
        return keep_first_handlings(
            db, {n: handlings[lead_id] for lead_id, n in numbers.items() if n in refined}
        )


def back_up(
    folder: Path,
    target: Path,
    progress: Callable[[float], None],
    rights: Rights = PRIVATE,
) -> Path:
    """Copy the data file, whole and consistent, while others go on writing to it.

    Raises ConfigurationError when the target holds a backup already.
    """
    copy = target / FILE
    if copy.exists():
        raise ConfigurationError(f"{target} holds a backup already; choose another folder")
    make_folder(target, rights)
    partial = target / f"{FILE}.partial"
    new_file(partial, rights).close()
    source = Database(folder, read_only=True)
    destination = apsw.Connection(str(partial))
    # Inside one read transaction, which begins with the first read, what others write meanwhile
    # does not start the copy afresh.
    with source.reading() as db, destination.backup("main", db, "main") as backup:
        bulk.query(db, "SELECT count(*) FROM tally")
        while not backup.done:
            backup.step(_PAGES_A_STEP)
            total = backup.page_count
            progress(1.0 if not total else 1 - backup.remaining / total)
    destination.close()
    source.close()
    _sync(partial)
    partial.rename(copy)
    return copy


def restore(backup: Path, folder: Path, *, replace: bool, rights: Rights = PRIVATE) -> Path:
    """Put a backup in the place of the data file; nobody may be using the folder.

    What stood there is kept beside it. Raises ConfigurationError when the backup is none, is
    damaged, or would replace data without *replace*.
    """
    copy = backup / FILE
    if not copy.is_file():
        raise ConfigurationError(f"{backup} holds no backup ({FILE} is missing)")
    with apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READONLY) as connection:
        verdict = connection.execute("PRAGMA quick_check").fetchall()[0][0]
    connection.close()
    if verdict != "ok":
        raise ConfigurationError(f"the backup in {backup} is damaged: {verdict}")
    target = folder / FILE
    if target.exists() and not replace:
        raise ConfigurationError(f"{folder} holds data already; add --replace to put it aside")
    with nobody_else(folder, rights):
        partial = folder / f"{FILE}.restoring"
        with copy.open("rb") as kept, new_file(partial, rights) as file:
            shutil.copyfileobj(kept, file, _COPIED_AT_ONCE)
        _sync(partial)
        for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
            old = folder / name
            if old.exists():
                old.rename(folder / f"{name}.before-restore")
        partial.rename(target)
    return target


def _sync(path: Path) -> None:
    for name in (path, path.parent):
        handle = os.open(name, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
