"""Data files as earlier versions of Leadline left them."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import apsw
import msgspec

from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.values import bytes_of, micros
from tests.worlds.leads import HandClock, captured, refined

SCHEMA = 2


def _tables(db: apsw.Connection) -> set[str]:
    """The tables of a file, without those that SQLite makes for others."""
    shadows = "SELECT name FROM pragma_table_list WHERE type IN ('shadow', 'view')"
    named = f"SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ({shadows})"
    return {str(name) for (name,) in db.execute(named)} - {"sqlite_sequence", "sqlite_stat1"}


def _triggers(db: apsw.Connection) -> set[str]:
    """The triggers of a file."""
    named = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    return {str(name) for (name,) in db.execute(named)}


def _indexes(db: apsw.Connection) -> set[str]:
    """The indexes of a file that a statement made."""
    named = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    return {str(name) for (name,) in db.execute(named)}


def _columns(db: apsw.Connection, table: str) -> set[str]:
    """The columns of a table."""
    return {str(name) for _, name, *_ in db.pragma("table_info", table)}


def set_back(folder: Path, schema: int) -> None:
    """Take the tables, columns, indexes and triggers of all migrations after *schema* from the
    file, as if it were of then. For later migrations that only add these."""
    then = apsw.Connection(":memory:")
    migrations = files("leadline.stores.sqlite") / "migrations"
    for step in sorted(migrations.iterdir(), key=lambda one: one.name):
        if int(step.name.partition("_")[0]) <= schema:
            then.execute(step.read_text())
    db = apsw.Connection(str(folder / FILE))
    with db:
        for table in sorted(_tables(db) - _tables(then)):
            db.execute(f"DROP TABLE {table}")
        for trigger in sorted(_triggers(db) - _triggers(then)):
            db.execute(f"DROP TRIGGER {trigger}")
        for index in sorted(_indexes(db) - _indexes(then)):
            db.execute(f"DROP INDEX {index}")
        for table in sorted(_tables(then)):
            for column in sorted(_columns(db, table) - _columns(then, table)):
                db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        db.pragma("user_version", schema)
    db.close()


def older_file(folder: Path, clock: HandClock, names: Sequence[str] = ("ada",)) -> list[str]:
    """Make the folder and the file of the second schema, with refined leads; returns their ids."""
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
