"""The rows of whole leads, read and written, for leads that change their home."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import apsw
import msgspec

from leadline.model.lead import Fate, Kind, RefinedLead
from leadline.model.task import Alert, Step, told_as
from leadline.ports.homes import REDELIVERED, MovedLead, MovedTask, Parcel, in_order, tasks_in_order
from leadline.ports.ledger import Happening
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.database import micros, moment
from leadline.stores.sqlite.handling import (
    handling_decoder,
    keep_handlings,
    lay_on_desks,
    remove_handlings,
)
from leadline.stores.sqlite.inbox import count
from leadline.stores.sqlite.tasks import numbers_of

_NOBODY = -1
"""Whoever held a task that came here held: no process of this machine."""
head_decoder = msgspec.json.Decoder(RefinedLead)


class LeadReading:
    """Whole leads by their numbers."""

    def __init__(self, db: apsw.Connection, numbers: Sequence[int]) -> None:
        self._db = db
        self._numbers = numbers

    def leads(self) -> dict[int, MovedLead]:
        """All of them."""
        rows = self._select(
            """SELECT lead.n, lead.id, lead.source, lead.kind, lead.captured_at, lead.record,
                      lead.fate, lead.why, head.id, raw.raw, raw.body, raw.media_type,
                      refined.head, refined.told, original.id, handling.body
               FROM lead LEFT JOIN lead head ON head.n = lead.joined
               LEFT JOIN raw ON raw.lead = lead.n LEFT JOIN refined ON refined.lead = lead.n
               LEFT JOIN lead original ON original.n = refined.duplicate_of
               LEFT JOIN handling ON handling.lead = lead.n WHERE lead.n IN ()"""
        )
        tasks, alerts, history = self._tasks(), self._alerts(), self._history()
        found: dict[int, MovedLead] = {}
        for n, lead_id, source, kind, at, record, fate, why, joined, *rest in rows:
            raw, body, media_type, head, told, original, handled = rest
            happened = history[n]
            again = tuple(h.at for h in happened if h.what == REDELIVERED)
            found[n] = MovedLead(
                lead_id=text_of(lead_id),
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
                told=told or 0,
                duplicate_of=text_of(original) if original else None,
                tasks=tasks_in_order(tasks[n]),
                alerts=tuple(
                    Alert(
                        text_of(lead_id),
                        channel,
                        moment(sent),
                        template,
                        bool(many),
                        ref,
                        Step(step),
                    )
                    for channel, sent, template, many, ref, step in alerts[n]
                ),
                history=in_order(h for h in happened if h.what != REDELIVERED),
                redelivered=len(again),
                redelivered_at=again,
                handling=handling_decoder.decode(handled) if handled is not None else None,
            )
        return found

    def _tasks(self) -> dict[int, list[MovedTask]]:
        found: dict[int, list[MovedTask]] = defaultdict(list)
        for (
            n,
            step,
            channel,
            put_at,
            due_at,
            *counts,
            again,
            error,
            dead_at,
            reason,
        ) in self._select(
            """SELECT lead, step, channel, put_at, due_at, attempt, failures, leased, again,
                          error, dead_at, reason
                   FROM task WHERE lead IN ()"""
        ):
            attempt, failures, leased = counts
            found[n].append(
                MovedTask(
                    Step(step), channel, moment(put_at), moment(due_at), attempt, failures,
                    bool(leased), bool(again), error,
                    moment(dead_at) if dead_at is not None else None, reason or "",
                )
            )  # fmt: skip
        return found

    def _alerts(self) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        sql = """SELECT lead, channel, sent_at, template, digest, ref, step FROM alert
                 WHERE lead IN () ORDER BY sent_at, channel, n"""
        for n, *alert in self._select(sql):
            found[n].append(tuple(alert))
        return found

    def _history(self) -> dict[int, list[Happening]]:
        found: dict[int, list[Happening]] = defaultdict(list)
        sql = "SELECT lead, at, what, detail FROM history WHERE lead IN () ORDER BY n"
        for n, at, what, detail in self._select(sql):
            found[n].append(Happening(moment(at), what, detail))
        return found

    def _select(self, sql: str) -> list[tuple[Any, ...]]:
        return bulk.select(self._db, sql, self._numbers)


class LeadWriting:
    """One transaction's worth of families, over what stands in their place."""

    def __init__(self, db: apsw.Connection, parcels: Sequence[Parcel]) -> None:
        self.db = db
        self.parcels = parcels
        self.leads = [lead for parcel in parcels for lead in parcel.family.leads]
        self.numbers: dict[str, int] = {}

    def run(self) -> None:
        """Write everything but the keys."""
        firsts = {lead.duplicate_of for lead in self.leads if lead.duplicate_of}
        there = numbers_of(self.db, {*(lead.lead_id for lead in self.leads), *firsts})
        ((top,),) = bulk.query(self.db, "SELECT coalesce(max(n), 0) FROM lead")
        new = [lead.lead_id for lead in self.leads if lead.lead_id not in there]
        self.numbers = there | dict(zip(new, range(top + 1, top + 1 + len(new)), strict=True))
        old = [lead for lead in self.leads if lead.lead_id in there]
        self._remove([there[lead.lead_id] for lead in old])
        # Words that the origin has lost since (archives may expire) stay where they are.
        spoken = [there[lead.lead_id] for lead in old if lead.raw is not None]
        bulk.select(self.db, "DELETE FROM raw WHERE lead IN ()", spoken)
        self._insert()
        self._count()

    def _remove(self, numbers: Sequence[int]) -> None:
        remove_handlings(self.db, numbers)
        for table in ("refined", "task", "alert", "history"):
            bulk.select(self.db, f"DELETE FROM {table} WHERE lead IN ()", numbers)  # noqa: S608

    def _insert(self) -> None:
        n = self.numbers
        bulk.insert(
            self.db,
            "lead (n, id, source, kind, captured_at, record, fate, why, joined)",
            [
                (n[lead.lead_id], UUID(lead.lead_id).bytes, lead.source, lead.kind,
                 micros(lead.captured_at), lead.record, lead.fate, lead.why,
                 n[lead.joined] if lead.joined else None)
                for lead in self.leads
            ],
            tail="""ON CONFLICT (n) DO UPDATE SET record = excluded.record, fate = excluded.fate,
                    why = excluded.why, joined = excluded.joined""",
        )  # fmt: skip
        rows: dict[str, list[tuple[object, ...]]] = defaultdict(list)
        for lead in self.leads:
            for into, row in _rows(lead, n):
                rows[into].append(row)
        for into, some in rows.items():
            bulk.insert(self.db, into, some)
        handled = [(lead.lead_id, lead.handling) for lead in self.leads if lead.handling]
        keep_handlings(self.db, [(n[lead_id], handling) for lead_id, handling in handled])
        lay_on_desks(self.db, [(UUID(lead_id).bytes, handling) for lead_id, handling in handled])

    def _count(self) -> None:
        """The running counts, with those of what was replaced taken away."""
        tally: Counter[tuple[date, str, str]] = Counter()
        for lead in self.leads:
            tally.update(_happenings(lead))
        for parcel in self.parcels:
            for old in parcel.over.leads if parcel.over else ():
                if old.lead_id in self.numbers:
                    tally.subtract(_happenings(old))
        count(self.db, Counter({key: number for key, number in tally.items() if number}))


def _rows(lead: MovedLead, numbers: Mapping[str, int]) -> Iterator[tuple[str, tuple[object, ...]]]:
    """The rows of one lead beside its own, each with its table."""
    n = numbers[lead.lead_id]
    if lead.raw is not None:
        yield "raw (lead, raw, body, media_type)", (n, lead.raw, lead.body, lead.media_type)
    if lead.head is not None:
        refined = head_decoder.decode(lead.head)
        first = numbers.get(lead.duplicate_of) if lead.duplicate_of else None
        yield (
            "refined (lead, processed_at, status, duplicate_of, told, head)",
            (n, micros(refined.processed_at), refined.status, first, lead.told, lead.head),
        )
    for task in lead.tasks:
        yield (
            """task (lead, step, channel, again, put_at, due_at, attempt, failures, leased, error,
                     dead_at, reason)""",
            (n, task.step, task.channel, int(task.again), micros(task.put_at),
             micros(task.due_at), task.attempt, task.failures, _NOBODY if task.held else 0,
             task.error, micros(task.dead_at) if task.dead_at else None, task.reason or None),
        )  # fmt: skip
    for alert in lead.alerts:
        yield (
            "alert (lead, channel, sent_at, template, digest, ref, step)",
            (n, alert.channel, micros(alert.sent_at), alert.template, int(alert.digest),
             alert.ref, alert.step),
        )  # fmt: skip
    for happened in in_order([*lead.history, *_redeliveries(lead)]):
        yield (
            "history (lead, at, what, detail)",
            (n, micros(happened.at), happened.what, happened.detail),
        )


def _redeliveries(lead: MovedLead) -> list[Happening]:
    """As many as there were; those whose time is not known stand at the capture."""
    known = lead.redelivered_at[-lead.redelivered :] if lead.redelivered else ()
    times = [*known, *[lead.captured_at] * (lead.redelivered - len(known))]
    return [Happening(at, REDELIVERED) for at in times]


def _happenings(lead: MovedLead) -> Counter[tuple[date, str, str]]:
    """What the running counts say of one lead."""
    happened: list[tuple[datetime, str]] = [(lead.captured_at, lead.fate)]
    if lead.head is not None:
        refined = head_decoder.decode(lead.head)
        happened.append((refined.processed_at, refined.status))
        if refined.duplicate_of:
            happened.append((refined.processed_at, "duplicate"))
    happened += [(alert.sent_at, told_as(alert.step)) for alert in lead.alerts]
    happened += [(h.at, REDELIVERED) for h in _redeliveries(lead)]
    happened += [(t.dead_at, f"{t.step}.dead") for t in lead.tasks if t.dead_at]
    return Counter((at.date(), lead.source, what) for at, what in happened)


def text_of(lead_id: bytes) -> str:
    """An id as people write it."""
    return str(UUID(bytes=lead_id))
