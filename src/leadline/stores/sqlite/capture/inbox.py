"""The inbox: accepts a whole batch of events in one transaction."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import apsw

from leadline.model.keys import is_older, key_digest, set_apart, under_own_key
from leadline.model.lead import (
    CapturedLead,
    Fate,
    Kind,
    Receipt,
    fate_of,
    is_early,
    is_end,
    is_privacy_deletion,
)
from leadline.model.monitoring.event_notes import NOT_READ, OTHER_WORDS
from leadline.model.task import Step
from leadline.ports.clock import Clock
from leadline.ports.store import TellApart
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.capture.keys import COMPARED, KeyIndex
from leadline.stores.sqlite.capture.new_events import NO_LEAD, NewEvents
from leadline.stores.sqlite.capture.owners import Owner, owner_of_id, owners_of
from leadline.stores.sqlite.capture.quotas import charge_quota, refund_quota
from leadline.stores.sqlite.file.checksums import sum_of
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.values import bytes_of, micros, micros_of, moment, text_of
from leadline.stores.sqlite.work.tasks import add_history, count, next_number, put

_sql = Queries(__name__)
# Python 3.11 looks the members of an enumeration up in Python.
_NO_NEWS = (Kind.IGNORED, Kind.CORRECTED)
_CREATED, _CAPTURED, _REFINE = Kind.CREATED, Fate.CAPTURED, Step.REFINE
_FIRST_LOOK = Step.FIRST_LOOK


class SqliteInbox:
    """`ports.store.Inbox` on SQLite."""

    db: Database
    keys: KeyIndex
    clock: Clock
    redelivery_window: timedelta
    apart: TellApart

    def accept(self, leads: Sequence[CapturedLead]) -> list[Receipt]:
        """See `ports.store.Inbox.accept`."""
        window = micros_of(self.redelivery_window)
        with self.keys.forgetting_on_failure(), self.db.writing() as db:
            keys = {lead.event_key for lead in leads}
            keys.update([lead.record_key for lead in leads if lead.record_key])
            batch = NewEvents(next_number(db), owners_of(db, self.keys.owners(db, keys)))
            receipts = [
                _plain(batch, lead)
                if lead.event_key not in batch.owners and _is_plain(lead)
                else self._judge(db, batch, lead, window)
                for lead in leads
            ]
            _write(db, self.keys, batch, micros(self.clock()))
        return receipts

    def _judge(
        self, db: apsw.Connection, batch: NewEvents, lead: CapturedLead, window: int
    ) -> Receipt:
        """Decide the fate of one event, and collect the rows to write."""
        again = batch.owners.get(lead.event_key)
        if again is None or not _counts(again, lead, window):
            return _new(db, batch, lead)
        if is_older(lead, moment(again.at)):
            return self._judge_under(db, batch, under_own_key(lead), window)
        if again.lasting != COMPARED or (first := _words(db, batch, again)) is None:
            return _redelivered(batch, lead, again, "")
        told = self.apart(lead, *first)
        if told.erased and not told.identity:
            batch.looked_up.add(again.head[0])
        if not told.identity:
            return _redelivered(batch, lead, again, told.difference)
        return self._judge_under(db, batch, set_apart(lead, told.identity), window)

    def _judge_under(
        self, db: apsw.Connection, batch: NewEvents, lead: CapturedLead, window: int
    ) -> Receipt:
        """Decide the fate of an event that got another key."""
        if lead.event_key not in batch.owners:
            batch.owners |= owners_of(db, self.keys.owners(db, {lead.event_key}))
        return self._judge(db, batch, lead, window)

    def readmit(self, lead_ids: Sequence[str], due_at: datetime) -> list[str]:
        """See `ports.store.Inbox.readmit`."""
        ids = {bytes_of(i): i for i in lead_ids}
        with self.keys.forgetting_on_failure(), self.db.writing() as db:
            rows = bulk.select(db, _sql.filtered, ids)
            made = self._of_records_without_a_lead(db, sorted(rows))
            bulk.select(db, _sql.readmit, [row[0] for row in made])
            for row in made:
                db.execute(_sql.fold_early, (row[0], row[0]))
            now = micros(self.clock())
            tasks = [(row[0], Step.REFINE, now, micros(due_at)) for row in made]
            bulk.insert(db, _sql.add_tasks, tasks)
            add_history(db, [(row[0], now, "readmitted", "") for row in made])
        return [ids[row[1]] for row in made]

    def read_again(self, lead_id: str, lead: CapturedLead, belongs_to: str = "") -> bool:
        """See `ports.store.Inbox.read_again`."""
        with self.keys.forgetting_on_failure(), self.db.writing() as db:
            rows = bulk.query(db, _sql.unreadable, bytes_of(lead_id))
            if not rows:
                return False
            again = owners_of(db, self.keys.owners(db, [lead.event_key])).get(lead.event_key)
            if again is not None and _counts(again, lead, micros_of(self.redelivery_window)):
                return False  # it was sent again, and could be read
            number, source, at, size = rows[0]
            keys = [(lead.event_key, number, at, COMPARED if lead.lasting_key else 0)]
            if lead.record_key:
                for early in owners_of(db, self.keys.owners(db, [lead.record_key])).values():
                    if not (early.is_early and lead.kind is Kind.CREATED):
                        return False  # its record has a lead by now
                    db.execute(_sql.fold_early, (number, early.lead))
                keys.append((lead.record_key, number, at, 1))
            self.keys.add(db, keys)
            fate, why = fate_of(lead, known=False, refined=False)
            db.execute(_sql.say_what_it_is, (lead.kind, lead.record, fate, why, number))
            db.execute(_sql.say_its_words, (lead.raw, sum_of(lead.raw), number))
            if belongs_to:
                db.execute(_sql.join, (number, bytes_of(belongs_to)))
            db.execute(_sql.end_refine_task, (number,))
            now = micros(self.clock())
            if fate is Fate.CAPTURED:
                task = (number, Step.REFINE, now, micros(lead.due_at))
                bulk.insert(db, _sql.add_tasks, [task])
            add_history(db, [(number, now, "read_again", "")])
            refund_quota(db, source, size)
        return True

    def _of_records_without_a_lead(
        self, db: apsw.Connection, rows: Sequence[tuple[Any, ...]]
    ) -> list[tuple[Any, ...]]:
        """Those of these events (n, id, source, record, captured_at) that may become leads: at most
        one per record, and none if the record has a lead. They get their records' keys."""
        keys = {
            n: key_digest("record", source, record.encode(errors="surrogatepass"))
            for n, _, source, record, _ in rows
            if record
        }
        owners = {key: owned.lead for key, owned in self.keys.owners(db, keys.values()).items()}
        made, added = [], []
        for row in rows:
            number, captured_at = row[0], row[4]
            key = keys.get(number)
            if key is not None and key not in owners:
                owners[key] = number
                added.append((key, number, captured_at, 1))
            if key is None or owners[key] == number:
                made.append(row)
        self.keys.add(db, added)
        return made


def _counts(again: Owner, lead: CapturedLead, window: int) -> bool:
    """Whether the key of an earlier event still makes this one a redelivery."""
    if lead.window is not None:
        window = micros_of(lead.window)
    return bool(again.lasting) or micros(lead.captured_at) - again.at < window


def _words(db: apsw.Connection, batch: NewEvents, owner: Owner) -> tuple[bytes, str | None] | None:
    """The `raw` and the `record` of an event, which may not be stored yet."""
    place = owner.lead - batch.first
    if place >= 0:
        return batch.raws[place][1], batch.leads[place][5]
    return next(iter(bulk.query(db, _sql.words, owner.lead)), None)


def _redelivered(batch: NewEvents, lead: CapturedLead, again: Owner, difference: str) -> Receipt:
    number, lead_id = again.head
    at = micros(lead.captured_at)
    batch.history.append((number, at, "redelivered", ""))
    if difference:
        batch.history.append((number, at, OTHER_WORDS, difference))
    batch.tally[lead.captured_at.date(), lead.source, Fate.REDELIVERED] += 1
    return Receipt(text_of(lead_id), Fate.REDELIVERED, again.no_lead)


def _is_plain(lead: CapturedLead) -> bool:
    """Whether nothing but its key can connect an event with others, as of most."""
    return lead.record_key is None and lead.kind is _CREATED and lead.quota is None


def _plain(batch: NewEvents, lead: CapturedLead) -> Receipt:
    """A plain event that is no redelivery: a new lead."""
    batch.add_plain(lead)
    return Receipt(lead.id, _CAPTURED, lead.why)


def _new(db: apsw.Connection, batch: NewEvents, lead: CapturedLead) -> Receipt:
    """An event that is no redelivery."""
    at = micros(lead.captured_at)
    if lead.quota is not None and not charge_quota(db, lead, lead.quota):
        return Receipt(lead.id, Fate.REFUSED)
    about = batch.owners.get(lead.record_key) if lead.record_key else None
    if lead.joins:
        about = owner_of_id(db, bytes_of(lead.joins))
    joined = about.head if about is not None and not about.is_early else None
    refined = joined is not None and _is_refined(db, joined[0])
    fate, why = fate_of(lead, known=joined is not None, refined=refined)
    _note(batch, lead, at, fate, why, about.head if about is not None else None)
    if about is not None and (is_privacy_deletion(lead) or batch.has_erased(db, about)):
        batch.looked_up.add(about.head[0])
    if joined is None:
        return Receipt(lead.id, fate, why)
    if not refined and (fate is Fate.FOLDED or is_end(lead)):
        batch.folded.add(joined[0])
    elif refined and (lead.kind not in _NO_NEWS or is_end(lead)):
        batch.looked_up.add(joined[0])
    return Receipt(text_of(joined[1]), fate) if fate is Fate.FOLDED else Receipt(lead.id, fate, why)


def _is_refined(db: apsw.Connection, lead: int) -> bool:
    return bool(bulk.query(db, _sql.is_refined, lead))


def _note(
    batch: NewEvents,
    lead: CapturedLead,
    at: int,
    fate: Fate,
    why: str,
    joined: tuple[int, bytes] | None,
) -> None:
    """Add the rows of a new event to the batch."""
    if joined is not None and fate is Fate.CAPTURED:
        batch.early.append((batch.next, joined[0]))
        joined = None
    head = joined or NO_LEAD
    number = batch.add(lead, at, fate, why, head)
    if lead.record_key and (fate is Fate.CAPTURED or (head is NO_LEAD and is_early(lead))):
        batch.known.append((lead.record_key, number, at, True))
        batch.owners[lead.record_key] = batch.owners[lead.event_key]
    if fate is Fate.CAPTURED:
        if lead.kind is Kind.UNREADABLE:
            batch.dead.append((number, Step.REFINE, at, at, at, NOT_READ, lead.why))
            batch.history.append((number, at, "refine.dead", NOT_READ))
            batch.tally[lead.captured_at.date(), lead.source, "refine.dead"] += 1
        else:
            batch.tasks.append((number, Step.REFINE, at, micros(lead.due_at)))
            if lead.look_at:
                batch.looks.append((number, _FIRST_LOOK, at, at))


def _write(db: apsw.Connection, keys: KeyIndex, batch: NewEvents, now: int) -> None:
    bulk.insert(db, _sql.add_leads, batch.leads)
    bulk.insert(db, _sql.add_raws, batch.raws)
    for number, early in batch.early:
        db.execute(_sql.fold_early, (number, early))
    keys.add(db, batch.known)
    bulk.insert(db, _sql.add_tasks, batch.tasks)
    if batch.looks:
        bulk.insert(db, _sql.add_tasks, batch.looks)
    if batch.dead:
        bulk.insert(db, _sql.add_dead_tasks, batch.dead)
    put(db, [(number, Step.LOOK_UP, "", 0, now, now) for number in batch.looked_up])
    add_history(db, batch.history)
    for (day, source), number in Counter(batch.plain).items():
        batch.tally[day, source, _CAPTURED] += number
    count(db, batch.tally)
    for number in batch.folded:
        db.execute(_sql.end_refine_lease, (number,))
