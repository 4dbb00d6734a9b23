"""Giving the CRM what was learned: read in batches, compared, written, and remembered as ours.

Between writing and remembering a worker may die: the next one reads the record, finds there what
was to be written, and writes nothing.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.journey.write_back_plan import changes_for, is_as_written
from leadline.journey.write_back_subjects import CrmSubject, crm_subjects
from leadline.kit import Connected, Kit, again, exhausted, known, settle
from leadline.model.handling import UNHANDLED
from leadline.model.lead import Ownership
from leadline.model.people import key_of_person
from leadline.model.task import Claim, Done, Drop, Outcome, Retry, Step
from leadline.ports.crm import CrmChange, CrmRecord, NotYet, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.store import crm_place

log = logging.getLogger(__name__)

NO_CRM = "crm.not_connected"
_ORPHANS = 100
_ROUNDS = 10
_WRITE_BY = 0.4
_READ_AGAIN_BY = 0.6
"""The parts of a lease after which nothing more is written, or read again."""


def write_back_due(kit: Kit, source: str) -> timedelta | None:
    """Write to the CRM of *source* what is due, as much as its pace allows.

    Returns None when nothing is due, zero when something was done, else how long to wait.
    """
    due = kit.store.count_due(Step.WRITE_BACK, source)
    if not due:
        return None
    connected = kit.crms.get(source)
    if connected is None:
        claims = kit.store.claim(Step.WRITE_BACK, _ORPHANS, kit.lease, source)
        missing = Drop(NO_CRM, f"there is no [crm.{source}]; put it back and replay")
        settle(kit, claims, [missing] * len(claims))
        return timedelta()
    per_second = connected.config.per_second
    batch = min(due, connected.crm.batch, max(1, int(per_second)))
    # Most CRMs take one record in a request; two more read the records before and after.
    if wait := kit.store.reserve(crm_place(source), timedelta(seconds=(batch + 2) / per_second)):
        return wait
    claims = kit.store.claim(Step.WRITE_BACK, batch, kit.lease, source)
    settle(kit, claims, _Turn(kit, source, connected, claims).outcomes())
    return timedelta()


class _Turn:
    """One batch: what becomes of all claims that were taken for it."""

    def __init__(
        self, kit: Kit, source: str, connected: Connected, claims: Sequence[Claim]
    ) -> None:
        self.kit, self.source = kit, source
        self.crm, self.config = connected.crm, connected.config
        self.connected = connected
        self.claims = claims
        self.began = kit.clock()
        self.settled: dict[int, Outcome] = {}
        self.about: dict[int, CrmSubject] = {}
        self.records: dict[int, CrmRecord] = {}

    def outcomes(self) -> list[Outcome]:
        """The outcome of each claim, in order."""
        for i, claim in enumerate(self.claims):
            if (end := exhausted(self.kit, claim)) is not None:
                self.settled[i] = end  # first: a lead that kills whoever reads it must end, too
        alive = {i: c for i, c in enumerate(self.claims) if i not in self.settled}
        found = crm_subjects(self.kit, self.connected, [c.task.lead_id for c in alive.values()])
        for i, claim in alive.items():
            if claim.task.lead_id not in found:
                self.settled[i] = Done(note="write_back.nothing_there")
            else:
                self.about[i] = found[claim.task.lead_id]
        self._read()
        self._write(self._changes())
        return [self.settled[i] for i in range(len(self.claims))]

    def _read(self) -> None:
        """The records as they are now."""
        if not self.about:
            return
        reply = self._ask(list(dict.fromkeys(one.record for one in self.about.values())))
        for i, one in self.about.items():
            if not isinstance(reply, Mapping):
                self.settled[i] = self._without_answer(i, reply)
                continue
            match reply.get(one.record, NotYet()):
                case CrmRecord() as record:
                    self.records[i] = record
                case NotYet() | Refused() as never:
                    self.settled[i] = _never(never)

    def _changes(self) -> dict[int, CrmChange]:
        """What is to be written, where there is time to."""
        late = not self._is_within(_WRITE_BY)
        todo: dict[int, CrmChange] = {}
        taken: set[str] = set()
        for i, record in self.records.items():
            one = self.about[i]
            change = changes_for(one.lead, one.handling, record, self.config, one.beside)
            if change is None:
                self.settled[i] = Done(note="write_back.nothing_new")
            elif late or record.record in taken:
                self.settled[i] = _not_tried("crm.no_time")
            else:
                todo[i] = change
                taken.add(record.record)
        return todo

    def _write(self, todo: Mapping[int, CrmChange]) -> None:
        if not todo:
            return
        try:
            reply = self.crm.write(list(todo.values()))
        except Exception as error:  # an adapter's own mistake is no reason to lose the batch
            log.exception("crm.failed", extra={"source": self.source})
            reply = Unreachable(f"crm.{type(error).__name__}")
        written: dict[int, Written] = {}
        pause: Busy | None = None
        for i, change in todo.items():
            said = reply.get(change.record) if isinstance(reply, Mapping) else reply
            match said:
                case Written():
                    written[i] = said
                case NotYet():
                    self.settled[i] = _never(said)
                case Refused() if isinstance(reply, Mapping):
                    self.settled[i] = _never(said)
                case None:
                    self.settled[i] = _not_tried("crm.not_tried")
                case _:
                    self.settled[i] = self._without_answer(i, said)
                    pause = said if isinstance(said, Busy) else pause
        self._hold(pause)
        news = {} if pause else self._read_again(todo, written)
        for i, done in written.items():
            self._remember(i, todo[i], done, news.get(todo[i].record))
            self.settled[i] = Done()
        log.info("crm.written", extra={"source": self.source, "count": len(written)})

    def _read_again(
        self, todo: Mapping[int, CrmChange], written: Mapping[int, Written]
    ) -> Mapping[str, CrmRecord]:
        """Records whose time of change we were not told, or that have a new owner: only those that
        nobody else changed meanwhile."""
        whose = {name for one in self.about.values() for name in one.beside.owner or ()}
        asked = {
            todo[i].record: i
            for i, done in written.items()
            if done.modified is None or whose & todo[i].values.keys()
        }
        if not asked or not self._is_within(_READ_AGAIN_BY):
            return {}
        reply = self._ask(list(asked))
        if not isinstance(reply, Mapping):
            return {}
        return {
            record: now
            for record, i in asked.items()
            if isinstance(now := reply.get(record), CrmRecord)
            and is_as_written(self.records[i], todo[i], now, self.config)
        }

    def _remember(self, i: int, change: CrmChange, done: Written, record: CrmRecord | None) -> None:
        """Keep what we wrote, and whose the record is now."""
        one, store = self.about[i], self.kit.store
        lead_id, before = one.lead.lead_id, one.handling
        gave_away = (one.beside.owner or {}).keys() & change.values.keys()
        owner = record.owner if record and gave_away else None
        for _ in range(_ROUNDS):
            after = msgspec.structs.replace(
                before,
                written={**before.written, **change.values},
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
            reply = self.crm.read(records)
        except Exception as error:
            log.exception("crm.failed", extra={"source": self.source})
            reply = Unreachable(f"crm.{type(error).__name__}")
        self._hold(reply)
        return reply

    def _without_answer(self, i: int, said: Busy | Unreachable | Refused) -> Outcome:
        """What becomes of a lead of which the CRM could not be told: one that refuses us (a token
        that has run out) may be mended, so that all leads wait for it as for one that is down."""
        match said:
            case Busy(after=after):
                return Retry(after, why="crm.busy", counts=False)
            case Unreachable(words=words):
                return again(self.kit, self.claims[i], words)
            case Refused(reason=reason, words=words):
                return again(self.kit, self.claims[i], f"{reason} {words}".rstrip())

    def _hold(self, said: object) -> None:
        """Nobody writes while the CRM wants a pause."""
        if isinstance(said, Busy):
            self.kit.store.hold(crm_place(self.source), self.kit.clock() + said.after)

    def _is_within(self, share: float) -> bool:
        until: datetime = self.began + self.kit.lease * share
        return self.kit.clock() < until


def _never(said: NotYet | Refused) -> Drop:
    """A dead letter with the CRM's own words."""
    if isinstance(said, Refused):
        return Drop(said.reason, said.words)
    return Drop("crm.no_record", "the CRM has no such record")


def _not_tried(why: str) -> Retry:
    return Retry(timedelta(), why=why, counts=False)
