"""The read side of the embedded store."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import apsw

from leadline.model.ids import is_lead_id
from leadline.model.task import Step, Task, TaskKind
from leadline.ports.reading.ledger import (
    Account,
    Backlog,
    DeadGroup,
    Followed,
    LeadFilter,
    LeadRow,
    LeadStory,
    Progress,
    Tally,
    unseen,
)
from leadline.ports.reading.standing_tasks import StandingTasks
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.accounting import account
from leadline.stores.sqlite.reading.integrity import Damaged, Fault, sampled_faults
from leadline.stores.sqlite.reading.listing import SqliteListing, query_of_rows
from leadline.stores.sqlite.reading.news import SqliteNews
from leadline.stores.sqlite.reading.selection import about, ids_that_begin, teach_to_search
from leadline.stores.sqlite.reading.speed import followed_rows, on_hold_rows
from leadline.stores.sqlite.reading.standing import tasks_up_to
from leadline.stores.sqlite.reading.story import story_of
from leadline.stores.sqlite.values import bytes_of, micros, moment, text_of
from leadline.stores.sqlite.work.tasks import untold_since

_sql = Queries(__name__)
T = TypeVar("T")


class SqliteLedger(SqliteListing, SqliteNews):
    """`ports.reading.ledger.Ledger` on SQLite."""

    def __init__(self, folder: Path) -> None:
        self._db = Database(folder, read_only=True)
        teach_to_search(self._db.connection)

    def find(self, which: LeadFilter) -> Sequence[LeadRow]:
        """See `ports.reading.ledger.Ledger.find`."""
        return list(self.each(which))

    def ids(self, which: LeadFilter) -> Sequence[str]:
        """See `ports.reading.ledger.Ledger.ids`."""
        query, values = about(_sql.ids, which)
        return [text_of(key) for (key,) in self._db.rows(query, *values)]

    def complete(self, prefix: str) -> Sequence[str]:
        """See `ports.reading.ledger.Ledger.complete`."""
        bounds = ids_that_begin(prefix)
        if bounds is None:
            return []
        return [text_of(key) for (key,) in self._db.rows(_sql.complete, *bounds)]

    def story(self, lead_id: str) -> LeadStory | None:
        """See `ports.reading.ledger.Ledger.story`."""
        if not is_lead_id(lead_id):
            return None
        query, values = query_of_rows(LeadFilter(ids=(lead_id,)))
        with self._db.reading() as db:
            rows = bulk.query(db, query, *values, 1)
            return story_of(db, rows[0]) if rows else None

    def dead(self) -> Sequence[DeadGroup]:
        """See `ports.reading.ledger.Ledger.dead`."""
        return [
            DeadGroup(Step(step), reason, count, moment(first), moment(last), text_of(key), error)
            for step, reason, count, first, last, key, error in self._db.rows(_sql.dead)
        ]

    def dead_tasks(
        self, lead_ids: Sequence[str], reason: str | None = None
    ) -> Mapping[str, Sequence[Task]]:
        """See `ports.reading.ledger.Ledger.dead_tasks`."""
        with self._db.reading() as db:
            rows = bulk.select(db, _sql.dead_tasks, [bytes_of(i) for i in lead_ids], reason)
        found: dict[str, list[Task]] = defaultdict(list)
        for key, step, channel, again in rows:
            lead_id = text_of(key)
            found[lead_id].append(Task(Step(step), lead_id, channel, bool(again)))
        return dict(found)

    def backlog(self, now: datetime) -> Sequence[Backlog]:
        """See `ports.reading.ledger.Ledger.backlog`."""
        return [
            Backlog(
                Step(step),
                channel,
                waiting,
                due,
                leased,
                dead,
                moment(oldest) if oldest is not None else None,
            )
            for step, channel, waiting, due, leased, dead, oldest in self._db.rows(
                _sql.backlog, micros(now)
            )
        ]

    def standing(self, now: datetime, kinds: Sequence[TaskKind], most: int) -> StandingTasks:
        """See `ports.reading.standing_tasks.StandingReader.standing`; it finds the kinds itself."""
        del kinds
        return tasks_up_to(self._db, now, most)

    def untold_since(self, now: datetime) -> datetime | None:
        """See `ports.reading.ledger.Ledger.untold_since`."""
        return untold_since(self._db, now)

    def followed(self, which: LeadFilter) -> Iterator[Followed]:
        """See `ports.reading.ledger.Ledger.followed`."""
        return followed_rows(self._db, which)

    def on_hold(self) -> Sequence[str]:
        """See `ports.reading.ledger.Ledger.on_hold`."""
        return on_hold_rows(self._db)

    def tallies(self) -> Sequence[Tally]:
        """See `ports.reading.ledger.Ledger.tallies`."""
        return [Tally(*row) for row in self._db.rows(_sql.tallies)]

    def account(self, *, deep: bool = False, progress: Progress = unseen) -> Account:
        """See `ports.reading.ledger.Ledger.account`."""
        with self._db.reading() as db:
            return account(db, deep=deep, progress=progress)

    def sampled_faults(
        self, is_over: Callable[[], bool]
    ) -> tuple[list[Fault], list[Damaged], bool]:
        """Damage found in the file until *is_over*, and whether the check of the file and of the
        latest leads was completed."""
        with self._db.reading() as db:
            return sampled_faults(db, is_over)

    def reading_with(self, read: Callable[[apsw.Connection], T]) -> T:
        """What *read* returns for the data file, which does not change meanwhile."""
        with self._db.reading() as db:
            return read(db)

    def close(self) -> None:
        """See `ports.reading.ledger.Ledger.close`."""
        self._db.close()
