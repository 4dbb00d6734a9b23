"""One scan of a whole table, kept in a temporary SQLite file until the move has ended.

A scan has no order, the table has no index of keys by lead, and a million leads are too many for
memory. SQLite deletes the file when it is closed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import apsw

from leadline.model.batches import batched
from leadline.model.formats import from_iso
from leadline.ports.homes import BATCH, Size
from leadline.stores.aws.items import holds_a_task, lead_of, task_holder_of
from leadline.stores.aws.keys import LEAD
from leadline.stores.aws.moving.parking import unparked
from leadline.stores.aws.values import Item

_PIECE = 1000
_SCHEMA = """
  CREATE TABLE lead (id TEXT PRIMARY KEY, is_head INTEGER, first TEXT) WITHOUT ROWID;
  CREATE TABLE task (lead TEXT, dead INTEGER);
  CREATE TABLE person (lead TEXT, key BLOB);
  CREATE TABLE channel (name TEXT, free_at TEXT);
  CREATE TABLE document (name TEXT);
"""
_INDEXES = "CREATE INDEX task_lead ON task (lead, dead); CREATE INDEX person_of ON person (lead)"
# First leads that others are duplicates of, then leads with live tasks, then the rest.
_ORDERED = """
  CREATE TABLE place (n INTEGER PRIMARY KEY, id TEXT);
  INSERT INTO place (id)
  WITH live AS (SELECT DISTINCT lead FROM task WHERE NOT dead),
  firsts AS (SELECT first FROM lead WHERE first IS NOT NULL AND id IN live)
  SELECT id FROM lead WHERE is_head
  ORDER BY CASE WHEN id IN firsts THEN 0 WHEN id IN live THEN 1 ELSE 2 END, id
"""


class Survey:
    """The content of a table; the caller closes it."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._db = apsw.Connection("")  # a file without a name
        self._db.execute(_SCHEMA)
        for piece in batched(items, _PIECE):
            self._take(piece)
        self._db.execute(_INDEXES)
        self._db.execute(_ORDERED)

    def close(self) -> None:
        """Delete the file."""
        self._db.close()

    def _take(self, items: Iterable[Item]) -> None:
        rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for item in items:
            kind, _, name = item["pk"].partition("#")
            if kind == "M" and "since" not in item:  # of an earlier version
                rows["person"].append((item["lead_id"], bytes.fromhex(name)))
            elif kind == "T":
                rows["document"].append((item["name"],))
            elif item["sk"] == "channel":
                rows["channel"].append((name, item["free_at"]))
            elif holds_a_task(item):
                holder = task_holder_of(item)
                if holder.task is not None:
                    dead = bool(unparked(holder.task).dead_at)
                    rows["task"].append((holder.lead_id, dead))
            if item["sk"] == LEAD:
                lead = lead_of(item)
                first = lead.summary.duplicate_of if lead.summary else None
                rows["lead"].append((lead.lead_id, lead.joined is None, first))
        with self._db:
            for table, some in rows.items():
                marks = ",".join("?" * len(some[0]))
                self._db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", some)  # noqa: S608

    def size(self) -> Size:
        """The numbers of leads, tasks, dead letters and channels; parked tasks count as waiting."""
        ((leads, waiting, dead, channels),) = self._db.execute(
            """SELECT (SELECT count(*) FROM lead), (SELECT count(*) FROM task WHERE NOT dead),
                      (SELECT count(*) FROM task WHERE dead), (SELECT count(*) FROM channel)"""
        ).fetchall()
        return Size(int(str(leads)), int(str(waiting)), int(str(dead)), int(str(channels)))

    def heads(self) -> Iterator[Sequence[str]]:
        """The ids of leads (not of events that belong to one), the urgent ones first."""
        last: Any = 0
        while rows := self._db.execute(
            "SELECT n, id FROM place WHERE n > ? ORDER BY n LIMIT ?", (last, BATCH)
        ).fetchall():
            last = rows[-1][0]
            yield [str(row[1]) for row in rows]

    def people(self, ids: Sequence[str]) -> Mapping[str, Sequence[bytes]]:
        """The match keys of these leads' persons, by lead id."""
        found: dict[str, list[bytes]] = defaultdict(list)
        for lead_id in ids:
            for (key,) in self._db.execute("SELECT key FROM person WHERE lead = ?", (lead_id,)):
                assert isinstance(key, bytes)  # noqa: S101
                found[lead_id].append(key)
        return found

    def channels(self) -> Mapping[str, datetime]:
        """When the next message to each channel may be sent."""
        rows = self._db.execute("SELECT name, free_at FROM channel").fetchall()
        return {str(name): from_iso(str(free_at)) for name, free_at in rows}

    def documents(self) -> list[str]:
        """The names of the documents by which leads are given out."""
        return [str(name) for (name,) in self._db.execute("SELECT name FROM document")]
