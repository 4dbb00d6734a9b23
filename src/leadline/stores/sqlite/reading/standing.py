"""The tasks that wait, counted up to a bound: a page asks for them while an import waits, too."""

from collections.abc import Iterator
from datetime import datetime

import apsw

from leadline.model.task import ON_HOLD_UNTIL, Step
from leadline.ports.reading.ledger import Backlog
from leadline.ports.reading.standing_tasks import StandingTasks
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import micros, moment
from leadline.stores.sqlite.work.tasks import untold_since

_sql = Queries(__name__)


def tasks_up_to(db: Database, now: datetime, most: int) -> StandingTasks:
    """See `ports.reading.standing_tasks.StandingReader.standing`; of every kind there is. Its cost
    depends on *most* and on the number of kinds, not on how many tasks wait."""
    with db.reading() as data:
        kinds = list(_kinds(data))
        dead = {(step, channel): n for step, channel, n in bulk.query(data, _sql.dead, most + 1)}
        ((on_hold,),) = bulk.query(data, _sql.on_hold, micros(ON_HOLD_UNTIL), most + 1)
        counted = [(kind, _counted(data, kind, now, most)) for kind in kinds]
        late_since = untold_since(db, now)
    is_cut = sum(dead.values()) > most or on_hold > most or any(cut for _, (_, cut) in counted)
    live = {kind: one for kind, (one, _) in counted}
    nothing = (0, 0, 0, None)
    backlog = [
        Backlog(Step(step), channel, waiting, due, leased, min(dead.get((step, channel), 0), most),
                oldest)
        for step, channel in sorted({*live, *dead})
        for waiting, due, leased, oldest in [live.get((step, channel), nothing)]
    ]  # fmt: skip
    return StandingTasks(backlog, min(on_hold, most), late_since, is_cut)


_Kind = tuple[str, str]
_Numbers = tuple[int, int, int, datetime | None]


def _kinds(data: apsw.Connection) -> Iterator[_Kind]:
    """The step and channel of the tasks that are not dead, each found behind the one before."""
    kind: _Kind = ("", "")
    while rows := bulk.query(data, _sql.next_kind, *kind):
        kind = rows[0][0], rows[0][1]
        yield kind


def _counted(data: apsw.Connection, kind: _Kind, now: datetime, most: int) -> tuple[_Numbers, bool]:
    """How many tasks of a kind wait, are due and are leased, since when the oldest has been due,
    and whether there are more than *most* to be counted."""
    ((due, later, leased, oldest),) = bulk.query(data, _sql.numbers, *kind, micros(now), most + 1)
    is_cut = due > most or later > most
    due, later = min(due, most), min(later, most)
    waiting = min(due + max(later - leased, 0), most)
    return (waiting, due, leased, moment(oldest) if oldest is not None else None), is_cut
