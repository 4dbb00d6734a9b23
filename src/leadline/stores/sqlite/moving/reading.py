"""Reading whole leads from the file, for a move."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import apsw

from leadline.model.errors import StorageFailed
from leadline.model.lead import Fate, Kind
from leadline.model.task import Alert, Step
from leadline.ports.homes import (
    REDELIVERED,
    MovedLead,
    MovedTask,
    in_order,
    tasks_in_order,
    with_hold,
    with_judgements,
)
from leadline.ports.reading.ledger import Happening
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.checksums import is_whole
from leadline.stores.sqlite.persons.duplicates import judgements_of
from leadline.stores.sqlite.privacy.retention import holds_of
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import moment, text_of
from leadline.stores.sqlite.work.handling import handling_decoder

_sql = Queries(__name__)


class LeadReading:
    """Reads whole leads by their row numbers."""

    def __init__(self, db: apsw.Connection, numbers: Sequence[int]) -> None:
        self._db = db
        self._numbers = numbers

    def leads(self) -> dict[int, MovedLead]:
        """The leads by row number."""
        tasks, alerts, history = self._tasks(), self._alerts(), self._history()
        leads = {
            n: _lead(row, tasks[n], alerts[n], history[n]) for n, *row in self._select(_sql.leads)
        }
        ids = [lead.lead_id for lead in leads.values()]
        judged, held = judgements_of(self._db, ids), holds_of(self._db, ids)
        return {
            n: with_hold(with_judgements(lead, judged.get(i, ())), held.get(i))
            for n, lead in leads.items()
            for i in (lead.lead_id,)
        }

    def _tasks(self) -> dict[int, list[MovedTask]]:
        found: dict[int, list[MovedTask]] = defaultdict(list)
        for n, *task in self._select(_sql.tasks):
            found[n].append(_task(*task))
        return found

    def _alerts(self) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for n, *alert in self._select(_sql.alerts):
            found[n].append(tuple(alert))
        return found

    def _history(self) -> dict[int, list[Happening]]:
        found: dict[int, list[Happening]] = defaultdict(list)
        for n, at, what, detail in self._select(_sql.history):
            found[n].append(Happening(moment(at), what, detail))
        return found

    def _select(self, query: str) -> list[tuple[Any, ...]]:
        return bulk.select(self._db, query, self._numbers)


def _lead(
    row: Sequence[Any],
    tasks: Sequence[MovedTask],
    alerts: Sequence[tuple[Any, ...]],
    history: Sequence[Happening],
) -> MovedLead:
    key, source, kind, at, record, fate, why, joined, *rest = row
    raw, body, media_type, head, told, original, handled, *sums = rest
    lead_id = text_of(key)
    if not all(map(is_whole, (raw, body, head, handled), sums)):
        raise StorageFailed(f"what is stored of {lead_id} is damaged; see `leadline verify --deep`")
    again = tuple(h.at for h in history if h.what == REDELIVERED)
    return MovedLead(
        lead_id=lead_id,
        source=source,
        kind=Kind(kind),
        captured_at=moment(at),
        fate=Fate(fate),
        why=why,
        record=record,
        joined=text_of(joined) if joined else None,
        raw=raw,
        body=body,
        media_type=media_type or "",
        head=head,
        channel_count=told or 0,
        duplicate_of=text_of(original) if original else None,
        tasks=tasks_in_order(tasks),
        alerts=tuple(_alerts_of(lead_id, alerts)),
        history=in_order(h for h in history if h.what != REDELIVERED),
        redelivered=len(again),
        redelivered_at=again,
        handling=handling_decoder.decode(handled) if handled is not None else None,
    )


def _task(
    step: str,
    channel: str,
    put_at: int,
    due_at: int,
    attempt: int,
    failures: int,
    leased: int,
    again: int,
    error: str,
    dead_at: int | None,
    reason: str | None,
    first_due_at: int | None,
) -> MovedTask:
    return MovedTask(
        Step(step), channel, moment(put_at), moment(due_at), attempt, failures, bool(leased),
        bool(again), error, moment(dead_at) if dead_at is not None else None, reason or "",
        moment(first_due_at) if first_due_at is not None else None,
    )  # fmt: skip


def _alerts_of(lead_id: str, rows: Sequence[tuple[Any, ...]]) -> Iterator[Alert]:
    for channel, at, template, digest, ref, step in rows:
        yield Alert(lead_id, channel, moment(at), template, bool(digest), ref, Step(step))
