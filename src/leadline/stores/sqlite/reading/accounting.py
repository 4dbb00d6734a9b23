"""Accounting for every accepted event, for `leadline verify`."""

from collections import Counter
from collections.abc import Iterable, Iterator

import apsw
import msgspec

from leadline.model.task import Step, event_name
from leadline.ports.reading.ledger import Account, Progress, Unaccounted, unseen
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.integrity import (
    Fault,
    damaged_contents,
    structure_faults,
    told_of,
)
from leadline.stores.sqlite.reading.teams import faults_of_teams
from leadline.stores.sqlite.values import text_of

_sql = Queries(__name__)
_NOTHING_COUNTED = Account(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ())


def account(db: apsw.Connection, *, deep: bool, progress: Progress = unseen) -> Account:
    """The account of the file, of which *progress* is told; must be called inside a read
    transaction."""
    if deep:
        progress("the structure of the file", 0, 0)
    faults = structure_faults(db) if deep else []
    try:
        counted = _counted(db, progress)
        damaged, unchecked = _damaged(db, progress) if deep else ([], 0)
        damaged += faults_of_teams(db, deep=deep)
    except apsw.CorruptError:
        if not faults:
            raise
        counted, damaged, unchecked = _NOTHING_COUNTED, [], 0
    lost = (*_told(faults), *counted.unaccounted, *damaged)
    return msgspec.structs.replace(counted, unaccounted=lost, unchecked=unchecked)


def _counted(db: apsw.Connection, progress: Progress) -> Account:
    places: Counter[str] = Counter()
    lost: list[Unaccounted] = []
    ((accepted,),) = bulk.query(db, _sql.count_events)
    for _, lead_id, place in told_of(db.execute(_sql.places), "events", accepted, progress):
        if isinstance(place, str) and place.startswith("!"):
            lost.append(Unaccounted(text_of(lead_id), place[1:]))
        else:
            places[str(place)] += 1
    lost += _orphans(db)
    lost += _miscounted(db)
    ((duplicates,),) = bulk.query(db, _sql.count_duplicates)
    ((redelivered,),) = bulk.query(db, _sql.count_redeliveries)
    return Account(
        accepted=accepted,
        waiting=places["waiting"],
        alerted=places["alerted"],
        alerting=places["alerting"],
        alert_dead=places["alert_dead"],
        untold=places["untold"],
        quarantined=places["quarantined"],
        filtered=places["filtered"],
        folded=places["folded"],
        dead=places["dead"],
        redelivered=redelivered,
        duplicates=duplicates,
        unaccounted=tuple(lost),
        retired=places["retired"],
    )


def _damaged(db: apsw.Connection, progress: Progress) -> tuple[list[Unaccounted], int]:
    """What is damaged, and the number of bodies and documents without a checksum."""
    found: list[Unaccounted] = []
    unchecked = 0
    for one in damaged_contents(db, progress):
        if one is None:
            unchecked += 1
        else:
            found.append(Unaccounted(one.lead_id, one.what))
    return found, unchecked


def _told(faults: Iterable[Fault]) -> Iterator[Unaccounted]:
    for fault in faults:
        yield Unaccounted("data file", f"{fault.table} is damaged: {fault.words}")
        for lead_id in fault.leads:
            yield Unaccounted(lead_id, f"its rows in {fault.table} can't be read or found")


def _orphans(db: apsw.Connection) -> list[Unaccounted]:
    return [
        Unaccounted(f"row {number}", problem) for number, problem in bulk.query(db, _sql.orphans)
    ]


def _miscounted(db: apsw.Connection) -> list[Unaccounted]:
    """Differences between the running counts and the tables: rows were removed or not restored."""
    lost = [
        Unaccounted(f"day {day}", f"{counted} events of {source} were accepted, {there} are there")
        for day, source, counted, there in bulk.query(db, _sql.miscounted_days)
    ]
    counts = dict(bulk.query(db, _sql.counts))
    for what, there in _kept_one_by_one(db).items():
        if (counted := counts.get(what, 0)) != there:
            lost.append(
                Unaccounted("all days", f"{counted} {what} were counted, {there} are there")
            )
    return lost


def _kept_one_by_one(db: apsw.Connection) -> dict[str, int]:
    """The numbers of messages (by kind) and of redeliveries in the tables, by their names in the
    running counts."""
    messages = dict(bulk.query(db, _sql.count_alerts))
    ((again,),) = bulk.query(db, _sql.count_redeliveries)
    return {event_name(step): messages.get(step, 0) for step in Step} | {"redelivered": again}
