"""Write-back to the CRM: records are read in batches, compared, written, and our values stored.

A worker may die between writing and storing: the next one reads the record, finds our values in it
and writes nothing.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.journey.same_person.borrowed import borrowed_after
from leadline.journey.writing_back.write_back_leads import WriteBackLead, write_back_leads
from leadline.journey.writing_back.write_back_plan import changes_for, is_as_written
from leadline.kit import Connected, Kit, exhausted, known, retry_or_drop, settle
from leadline.model.handling import UNHANDLED
from leadline.model.lead import Ownership
from leadline.model.monitoring.attempts import Exchange, FieldWrite, Tried, about_records, bounded
from leadline.model.staff.people import key_of_person
from leadline.model.task import Done, Drop, Lease, Outcome, Retry, Step
from leadline.ports.crm import CrmChange, CrmRecord, NotYet, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.pacing_keys import pacing_key
from leadline.ports.store_parts.exchanges import gathering, listening

log = logging.getLogger(__name__)

NO_CRM = "crm.not_connected"
_ORPHANS = 100
_ROUNDS = 10
_WRITE_BY = 0.4
_READ_AGAIN_BY = 0.6
"""The shares of a lease after which nothing more is written, or read again."""


def write_back_due(kit: Kit, source: str) -> timedelta | None:
    """Do the due write-backs of *source*, as many as the CRM's `per_second` allows.

    Returns None if nothing is due, zero after a batch, else how long to wait.
    """
    due = kit.store.count_due(Step.WRITE_BACK, source)
    if not due:
        return None
    connected = kit.crms.get(source)
    if connected is None:
        leases = kit.store.lease(Step.WRITE_BACK, _ORPHANS, kit.lease_duration, source)
        missing = Drop(NO_CRM, f"there is no [crm.{source}]; put it back and replay")
        settle(kit, leases, [missing] * len(leases))
        return timedelta()
    per_second = connected.config.per_second
    batch = min(due, connected.crm.batch, max(1, int(per_second)))
    # Most CRMs take one record per request; two more requests read the records before and after.
    if wait := kit.store.reserve(pacing_key(source), timedelta(seconds=(batch + 2) / per_second)):
        return wait
    leases = kit.store.lease(Step.WRITE_BACK, batch, kit.lease_duration, source)
    writing = _Batch(kit, source, connected)
    with gathering() as exchanges:
        outcomes = writing.outcomes(leases)
    settle(kit, leases, outcomes, writing.tried(exchanges))
    return timedelta()


class _Case(msgspec.Struct):
    """A lead of the batch that is to be written back, and the outcome of its task."""

    lease: Lease
    about: WriteBackLead
    outcome: Outcome


class _PendingWrite(msgspec.Struct, frozen=True):
    """The change to write for a case, and the record as it was read before."""

    case: _Case
    before: CrmRecord
    change: CrmChange


class _Batch:
    """The write-back of all tasks that were leased together."""

    def __init__(self, kit: Kit, source: str, connected: Connected) -> None:
        self.kit, self.source = kit, source
        self.crm, self.config = connected.crm, connected.config
        self.connected = connected
        self.began = kit.clock()
        self.asked: Sequence[_Case] = ()
        self.to_write: Sequence[_PendingWrite] = ()

    def outcomes(self, leases: Sequence[Lease]) -> list[Outcome]:
        """The outcome of each lease, in order."""
        found = self._cases(leases)
        cases = [one for one in found if isinstance(one, _Case)]
        self.asked = cases
        self._write(self._changes(self._read(cases)))
        return [one.outcome if isinstance(one, _Case) else one for one in found]

    def tried(self, exchanges: Sequence[Exchange]) -> dict[str, Tried]:
        """What was asked of the CRM, and which fields it was to change, beside each lead."""
        records = list(dict.fromkeys(case.about.record for case in self.asked))
        about = about_records(exchanges, records)
        fields = {one.case.about.lead.lead_id: _fields_of(one) for one in self.to_write}
        return {
            lead_id: Tried(about[case.about.record], fields.get(lead_id, ()))
            for case in self.asked
            for lead_id in [case.about.lead.lead_id]
            if isinstance(case.outcome, Drop) or lead_id in fields or about[case.about.record]
        }

    def _cases(self, leases: Sequence[Lease]) -> list[_Case | Outcome]:
        """A case for each lease, or its outcome if there is nothing to write back."""
        # Exhausted tasks first: a lead that kills the worker that reads it must end, too.
        ends = [exhausted(self.kit, lease) for lease in leases]
        alive = [c.task.lead_id for c, end in zip(leases, ends, strict=True) if end is None]
        subjects = write_back_leads(self.kit, self.connected, alive)
        found: list[_Case | Outcome] = []
        for lease, end in zip(leases, ends, strict=True):
            about = subjects.get(lease.task.lead_id)
            if end is not None:
                found.append(end)
            elif about is None:
                found.append(Done(note="write_back.nothing_there"))
            else:
                found.append(_Case(lease, about, _retry_uncounted("crm.not_tried")))
        return found

    def _read(self, cases: Sequence[_Case]) -> list[tuple[_Case, CrmRecord]]:
        """The cases whose records the CRM has, each with its record as it is now."""
        if not cases:
            return []
        reply = self._ask(list(dict.fromkeys(case.about.record for case in cases)))
        read: list[tuple[_Case, CrmRecord]] = []
        for case in cases:
            if not isinstance(reply, Mapping):
                case.outcome = self._without_answer(case.lease, reply)
                continue
            match reply.get(case.about.record, NotYet()):
                case CrmRecord() as record:
                    read.append((case, record))
                case NotYet() | Refused() as never:
                    case.outcome = _drop(never)
        return read

    def _changes(self, read: Sequence[tuple[_Case, CrmRecord]]) -> list[_PendingWrite]:
        """What to write while there is time: at most one change per record."""
        late = not self._is_within(_WRITE_BY)
        todo: dict[str, _PendingWrite] = {}
        for case, record in read:
            one = case.about
            change = changes_for(one.lead, one.handling, record, self.config, one.related)
            if change is None:
                case.outcome = Done(note="write_back.nothing_new")
            elif late or record.record in todo:
                case.outcome = _retry_uncounted("crm.no_time")
            else:
                todo[record.record] = _PendingWrite(case, record, change)
        return list(todo.values())

    def _write(self, todo: Sequence[_PendingWrite]) -> None:
        if not todo:
            return
        self.to_write = todo
        try:
            with listening():
                reply = self.crm.write([one.change for one in todo])
        except Exception as error:  # a bug in an adapter must not lose the batch
            log.exception("crm.failed", extra={"source": self.source})
            reply = Unreachable(f"crm.{type(error).__name__}")
        written: list[tuple[_PendingWrite, Written]] = []
        pause: Busy | None = None
        for one in todo:
            answer = reply.get(one.change.record) if isinstance(reply, Mapping) else reply
            match answer:
                case Written():
                    written.append((one, answer))
                case NotYet():
                    one.case.outcome = _drop(answer)
                case Refused() if isinstance(reply, Mapping):
                    one.case.outcome = _drop(answer)
                case None:
                    pass  # the CRM was not asked to write this one
                case _:
                    one.case.outcome = self._without_answer(one.case.lease, answer)
                    pause = answer if isinstance(answer, Busy) else pause
        self._pause_crm(pause)
        news = {} if pause else self._read_again(written)
        for one, done in written:
            self._remember(one, done, news.get(one.change.record))
            one.case.outcome = Done()
        log.info("crm.written", extra={"source": self.source, "count": len(written)})

    def _read_again(
        self, written: Sequence[tuple[_PendingWrite, Written]]
    ) -> Mapping[str, CrmRecord]:
        """The written records read again, if the CRM did not say when it modified them or we wrote
        their owner; records that somebody else changed meanwhile are left out."""
        whose = {name for one, _ in written for name in one.case.about.related.owner or ()}
        asked = {
            one.change.record: one
            for one, done in written
            if done.modified is None or whose & one.change.values.keys()
        }
        if not asked or not self._is_within(_READ_AGAIN_BY):
            return {}
        reply = self._ask(list(asked))
        if not isinstance(reply, Mapping):
            return {}
        return {
            record: now
            for record, one in asked.items()
            if isinstance(now := reply.get(record), CrmRecord)
            and is_as_written(one.before, one.change, now, self.config)
        }

    def _remember(self, todo: _PendingWrite, done: Written, record: CrmRecord | None) -> None:
        """Store the values that we wrote, and the record's new owner if we wrote that."""
        about, change, store = todo.case.about, todo.change, self.kit.store
        lead_id, before = about.lead.lead_id, about.handling
        gave_away = (about.related.owner or {}).keys() & change.values.keys()
        owner = record.owner if record and gave_away else None
        for _ in range(_ROUNDS):
            after = msgspec.structs.replace(
                before,
                written={**before.written, **change.values},
                borrowed=borrowed_after(about.lead, before, change, self.config.write),
                crm_modified=(record and record.modified) or done.modified or before.crm_modified,
            )
            if owner is not None:
                after = msgspec.structs.replace(
                    after,
                    owner=known(self.kit, owner),
                    ownership=Ownership.ASSIGNED,
                    crm_owner=key_of_person(owner),
                )
            names = ", ".join(change.values)
            if store.handle(lead_id, before, after, note="crm.written", detail=names):
                return
            before = store.handling([lead_id]).get(lead_id, UNHANDLED)
        log.error("crm.not_remembered", extra={"lead": lead_id})

    def _ask(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        try:
            with listening(to_refusals=True):
                reply = self.crm.read(records)
        except Exception as error:
            log.exception("crm.failed", extra={"source": self.source})
            reply = Unreachable(f"crm.{type(error).__name__}")
        self._pause_crm(reply)
        return reply

    def _without_answer(self, lease: Lease, answer: Busy | Unreachable | Refused) -> Outcome:
        """The outcome if the CRM did not answer. A refusal of all requests (such as an expired
        token) can be fixed by the operator, so it is retried like a CRM that is down."""
        match answer:
            case Busy(after=after):
                return Retry(after, why="crm.busy", counts=False)
            case Unreachable(words=words):
                return retry_or_drop(self.kit, lease, words)
            case Refused(reason=reason, words=words):
                return retry_or_drop(self.kit, lease, f"{reason} {words}".rstrip())

    def _pause_crm(self, said: object) -> None:
        """Pause all write-backs of this source if the CRM asked for a pause."""
        if isinstance(said, Busy):
            self.kit.store.pause(pacing_key(self.source), self.kit.clock() + said.after)

    def _is_within(self, share: float) -> bool:
        until: datetime = self.began + self.kit.lease_duration * share
        return self.kit.clock() < until


def _fields_of(one: _PendingWrite) -> tuple[FieldWrite, ...]:
    """The fields of a change, as they were and as they were to become."""
    before = one.before.values
    return tuple(
        FieldWrite(name, bounded(before.get(name)), bounded(value), name in before)
        for name, value in one.change.values.items()
    )


def _drop(answer: NotYet | Refused) -> Drop:
    """A dead letter with the CRM's own reason."""
    if isinstance(answer, Refused):
        return Drop(answer.reason, answer.words)
    return Drop("crm.no_record", "the CRM has no such record")


def _retry_uncounted(why: str) -> Retry:
    return Retry(timedelta(), why=why, counts=False)
