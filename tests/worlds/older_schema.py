"""A data file as a Leadline of the second schema left it."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import apsw
import msgspec

from leadline.stores.sqlite.folder import FILE
from leadline.stores.sqlite.values import bytes_of, micros
from tests.worlds.leads import HandClock, captured, refined

SCHEMA = 2


def older_file(folder: Path, clock: HandClock, names: Sequence[str] = ("ada",)) -> list[str]:
    """Make the folder and the file, with refined leads; returns their ids."""
    folder.mkdir(parents=True, exist_ok=True)
    db = apsw.Connection(str(folder / FILE))
    for pragma in ("page_size = 8192", "journal_mode = WAL", "synchronous = FULL"):
        db.execute(f"PRAGMA {pragma}")
    migrations = files("leadline.stores.sqlite") / "migrations"
    for number, name in enumerate(("0001_first.sql", "0002_desk.sql"), 1):
        with db:
            db.execute((migrations / name).read_text())
            db.pragma("user_version", number)
    leads = [captured(clock, name) for name in names]
    with db:
        for number, lead in enumerate(leads, 1):
            head = msgspec.json.encode(refined(lead, clock, name="Ada"))
            at = micros(clock.now)
            db.execute(
                """INSERT INTO lead
                   VALUES (?, ?, 'generic', 'created', ?, NULL, 'captured', '', NULL)""",
                (number, bytes_of(lead.id), at),
            )
            db.execute("INSERT INTO raw VALUES (?, ?, NULL, '')", (number, lead.raw))
            db.execute(
                "INSERT INTO refined VALUES (?, ?, 'refined', NULL, 0, ?)", (number, at, head)
            )
            db.execute(
                "INSERT INTO key_log VALUES (NULL, ?, ?, ?, 1)", (lead.event_key, number, at)
            )
        day = clock.now.date().isoformat()
        for what in ("captured", "refined"):
            row = (day, "generic", what, len(leads))
            db.execute("INSERT INTO tally VALUES (?, ?, ?, ?)", row)
    db.close()
    return [lead.id for lead in leads]
