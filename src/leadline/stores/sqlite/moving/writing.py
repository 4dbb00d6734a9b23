"""Writing whole leads to the file, for a move."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

import apsw

from leadline.model.facts.scored_leads import is_hot
from leadline.model.monitoring.event_notes import WAIT_ENDED
from leadline.model.task import event_name
from leadline.ports.homes import REDELIVERED, FamilyWrite, MovedLead, in_order
from leadline.ports.reading.ledger import Happening
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.file.checksums import sum_of
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.rows import head_decoder
from leadline.stores.sqlite.values import bytes_of, micros
from leadline.stores.sqlite.work.handling import keep_handlings, list_open_leads, remove_handlings
from leadline.stores.sqlite.work.tasks import add_history, count, next_number, numbers_of

_sql = Queries(__name__)
_Row = tuple[object, ...]
_NOBODY = -1
"""The process id for leases of moved tasks: no process of this machine has it."""


class LeadWriting:
    """Writes families in one transaction, replacing those that exist."""

    def __init__(self, db: apsw.Connection, writes: Sequence[FamilyWrite]) -> None:
        self.db = db
        self.writes = writes
        self.leads = [lead for write in writes for lead in write.family.leads]
        self.numbers: dict[str, int] = {}

    def run(self) -> None:
        """Write everything except the keys."""
        firsts = {lead.duplicate_of for lead in self.leads if lead.duplicate_of}
        there = numbers_of(self.db, {*(lead.lead_id for lead in self.leads), *firsts})
        new = [lead.lead_id for lead in self.leads if lead.lead_id not in there]
        self.numbers = there | {i: n for n, i in enumerate(new, next_number(self.db))}
        old = [lead for lead in self.leads if lead.lead_id in there]
        self._remove([there[lead.lead_id] for lead in old])
        # Raw documents that the origin has lost since (archives may expire) are kept here.
        spoken = [there[lead.lead_id] for lead in old if lead.raw is not None]
        bulk.select(self.db, _sql.remove_raws, spoken)
        self._insert()
        self._count()

    def _remove(self, numbers: Sequence[int]) -> None:
        remove_handlings(self.db, numbers)
        bulk.select(self.db, _sql.remove_refined, numbers)
        bulk.select(self.db, _sql.remove_tasks, numbers)
        bulk.select(self.db, _sql.remove_alerts, numbers)
        bulk.select(self.db, _sql.remove_history, numbers)

    def _insert(self) -> None:
        n, leads = self.numbers, self.leads
        bulk.insert(self.db, _sql.keep_leads, [_lead_row(lead, n) for lead in leads])
        raws = [_raw_row(lead, n) for lead in leads if lead.raw is not None]
        bulk.insert(self.db, _sql.add_raws, raws)
        refined = [_refined_row(lead, n, lead.head) for lead in leads if lead.head is not None]
        bulk.insert(self.db, _sql.add_refined, refined)
        bulk.insert(self.db, _sql.add_tasks, [row for one in leads for row in _task_rows(one, n)])
        bulk.select(self.db, _sql.come_first, [n[one.lead_id] for one in leads if _is_hot(one)])
        bulk.insert(self.db, _sql.add_alerts, [row for one in leads for row in _alert_rows(one, n)])
        add_history(self.db, [row for one in leads for row in _history_rows(one, n)])
        handled = [(lead.lead_id, lead.handling) for lead in leads if lead.handling]
        keep_handlings(self.db, [(n[lead_id], handling) for lead_id, handling in handled])
        list_open_leads(self.db, [(bytes_of(lead_id), handling) for lead_id, handling in handled])

    def _count(self) -> None:
        """Update the running counts, without those of replaced leads."""
        tally: Counter[tuple[date, str, str]] = Counter()
        for lead in self.leads:
            tally.update(_happenings(lead))
        for write in self.writes:
            for old in write.replaces.leads if write.replaces else ():
                if old.lead_id in self.numbers:
                    tally.subtract(_happenings(old))
        count(self.db, Counter({key: number for key, number in tally.items() if number}))


def _lead_row(lead: MovedLead, numbers: Mapping[str, int]) -> _Row:
    return (
        numbers[lead.lead_id], bytes_of(lead.lead_id), lead.source, lead.kind,
        micros(lead.captured_at), lead.record, lead.fate, lead.why,
        numbers[lead.joined] if lead.joined else None,
    )  # fmt: skip


def _raw_row(lead: MovedLead, numbers: Mapping[str, int]) -> _Row:
    return (
        numbers[lead.lead_id], lead.raw, sum_of(lead.raw), lead.body, sum_of(lead.body),
        lead.media_type,
    )  # fmt: skip


def _refined_row(lead: MovedLead, numbers: Mapping[str, int], head: bytes) -> _Row:
    refined = head_decoder.decode(head)
    original = numbers.get(lead.duplicate_of) if lead.duplicate_of else None
    processed_at = micros(refined.processed_at)
    return (
        numbers[lead.lead_id], processed_at, refined.status, original, lead.channel_count, head,
        sum_of(head),
    )  # fmt: skip


def _task_rows(lead: MovedLead, numbers: Mapping[str, int]) -> Iterator[_Row]:
    for task in lead.tasks:
        yield (
            numbers[lead.lead_id], task.step, task.channel, int(task.again), micros(task.put_at),
            micros(task.due_at), task.attempt, task.failures, _NOBODY if task.leased else 0,
            task.error, micros(task.dead_at) if task.dead_at else None, task.reason or None,
            micros(task.first_due_at) if task.first_due_at else None,
        )  # fmt: skip


def _is_hot(lead: MovedLead) -> bool:
    """Whether tasks of a lead come before others: its score is hot, or a first look found it so. A
    stack, whose queue has no order, keeps no mark of that."""
    if lead.head is None:
        return any(one.what == WAIT_ENDED for one in lead.history)
    return is_hot(head_decoder.decode(lead.head))


def _alert_rows(lead: MovedLead, numbers: Mapping[str, int]) -> Iterator[_Row]:
    for alert in lead.alerts:
        yield (
            numbers[lead.lead_id], alert.channel, micros(alert.sent_at), alert.template,
            int(alert.digest), alert.ref, alert.step,
        )  # fmt: skip


def _history_rows(lead: MovedLead, numbers: Mapping[str, int]) -> Iterator[_Row]:
    for happened in in_order([*lead.history, *_redeliveries(lead)]):
        yield numbers[lead.lead_id], micros(happened.at), happened.what, happened.detail


def _redeliveries(lead: MovedLead) -> list[Happening]:
    """All redeliveries of a lead; those without a known time get that of the capture."""
    known = lead.redelivered_at[-lead.redelivered :] if lead.redelivered else ()
    times = [*known, *[lead.captured_at] * (lead.redelivered - len(known))]
    return [Happening(at, REDELIVERED) for at in times]


def _happenings(lead: MovedLead) -> Counter[tuple[date, str, str]]:
    """The contribution of one lead to the running counts."""
    happened: list[tuple[datetime, str]] = [(lead.captured_at, lead.fate)]
    if lead.head is not None:
        refined = head_decoder.decode(lead.head)
        happened.append((refined.processed_at, refined.status))
        if refined.duplicate_of:
            happened.append((refined.processed_at, "duplicate"))
    happened += [(alert.sent_at, event_name(alert.step)) for alert in lead.alerts]
    happened += [(h.at, REDELIVERED) for h in _redeliveries(lead)]
    happened += [(t.dead_at, f"{t.step}.dead") for t in lead.tasks if t.dead_at]
    return Counter((at.date(), lead.source, what) for at, what in happened)
