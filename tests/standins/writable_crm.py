"""A CRM in memory that can be written to: it keeps time, counts what it is asked, and asks for
pauses when it is asked too much."""

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from leadline.journey.writing_back.write_back import write_back_due
from leadline.kit import Connected
from leadline.model.handling import Ending
from leadline.model.lead import LeadFields
from leadline.model.staff.people import Person
from leadline.model.task import Alert, Step
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.store import Store
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import ANN, BEN, SalesOffice

PEOPLE = {person.id: person for person in (ANN, BEN)}


class Rate:
    """At most so many calls in any span of time; who calls during the pause that it asked for is
    counted."""

    def __init__(self, most: int, span: timedelta, clock: HandClock) -> None:
        self.most, self.span, self.clock = most, span, clock
        self.calls: deque[datetime] = deque()
        self.until: datetime | None = None
        self.refusals = 0
        self.ignored = 0

    def take(self) -> Busy | None:
        now = self.clock()
        if self.until is not None and now < self.until:
            self.ignored += 1
        while self.calls and now - self.calls[0] >= self.span:
            self.calls.popleft()
        if len(self.calls) >= self.most:
            pause = self.calls[0] + self.span - now
            self.until = now + pause
            self.refusals += 1
            return Busy(pause)
        self.calls.append(now)
        return None


class WritableCrm:
    """Records are dictionaries by name; `owner` is one of their fields.

    *tells* is whether it says after writing when the record was modified; *on_write* hears of each
    record that was written, as a webhook would.
    """

    knows_owners = True

    def __init__(self, clock: HandClock, batch: int = 100, *, tells: bool = True) -> None:
        self.clock, self.batch, self.tells = clock, batch, tells
        self.records: dict[str, dict[str, Any]] = {}
        self.modified: dict[str, datetime] = {}
        self.created: dict[str, datetime] = {}
        self.page = 2
        self.endings: dict[str, Ending] = {}
        self.trouble: Unreachable | Busy | Refused | None = None
        self.broken: dict[str, Refused | Unreachable] = {}
        self.rate: Rate | None = None
        self.writes: list[CrmChange] = []
        self.reads: list[tuple[str, ...]] = []
        self.on_write: Callable[[str], None] = lambda record: None
        self.before_write: Callable[[str], None] = lambda record: None

    def has(self, record: str, **values: Any) -> None:
        """Somebody of the team writes to a record, or makes it."""
        self.records.setdefault(record, {}).update(values)
        self.modified[record] = self.clock()
        self.created.setdefault(record, self.clock())

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        if (not_now := self._not_now()) is not None:
            return not_now
        self.reads.append(tuple(records))
        return {record: self._read(record) for record in records}

    def _read(self, record: str) -> CrmRecord | NotYet:
        values = self.records.get(record)
        if values is None:
            return NotYet()
        fields = LeadFields(email=values.get("email"), phone=values.get("phone"))
        return CrmRecord(
            record=record,
            fields=fields,
            owner=PEOPLE.get(values.get("owner", "")),
            modified=self.modified[record],
            values=dict(values),
            ending=self.endings.get(record, Ending.OPEN),
        )

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        done: dict[str, Carried] = {}
        for change in changes:
            if (not_now := self._not_now()) is not None:
                if done and isinstance(not_now, Busy):
                    done[change.record] = not_now
                return done or not_now
            done[change.record] = self._write(change)
        return done

    def _write(self, change: CrmChange) -> Written | NotYet | Refused | Unreachable:
        self.before_write(change.record)
        if (broken := self.broken.get(change.record)) is not None:
            return broken
        if change.record not in self.records:
            return NotYet()
        self.writes.append(change)
        self.records[change.record].update(change.values)
        self.modified[change.record] = self.clock()
        self.on_write(change.record)
        return Written(self.clock() if self.tells else None)

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        known = (
            p.id for p in PEOPLE.values() if owner.email.lower() == p.email or owner.id == p.id
        )
        found = next(known, None)
        return {"owner": found} if found else None

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        if (not_now := self._not_now()) is not None:
            return not_now
        young = sorted((at_, r) for r, at_ in self.created.items() if at_ >= at)
        rest = [one for one in young if str(one[0]) + one[1] > after]
        some = rest[: self.page]
        last = str(some[-1][0]) + some[-1][1] if len(rest) > len(some) else ""
        return Page(tuple(self._found(record, at_) for at_, record in some), last)

    def _found(self, record: str, created_at: datetime) -> Found:
        said = {**self.records[record], "record": record, "event": "lead.created"}
        return Found(record, created_at, json.dumps(said).encode())

    def _not_now(self) -> Busy | Unreachable | Refused | None:
        return self.trouble or (self.rate.take() if self.rate else None)


class WritingOffice(SalesOffice):
    """An office whose CRM is told what was learned."""

    def __init__(
        self, store: Store, clock: HandClock, *, batch: int = 100, tells: bool = True, **config: Any
    ) -> None:
        super().__init__(store, clock)
        self.desk = WritableCrm(clock, batch, tells=tells)
        (connected,) = self.kit.crms.values()
        said = {"write": {"score": "score"}, "per_second": 100.0, **config}
        how = msgspec.structs.replace(connected.config, **said)
        self.kit = msgspec.structs.replace(self.kit, crms={"generic": Connected(self.desk, how)})

    @property
    def places(self) -> list[tuple[Step, str]]:
        return [*super().places, (Step.WRITE_BACK, "generic")]

    def turn(self) -> None:
        super().turn()
        while write_back_due(self.kit, "generic") == timedelta():
            pass
        super().turn()

    def messages(self, lead_id: str) -> list[dict[str, Any]]:
        """All that hangs anywhere about a lead."""
        return [
            m
            for w in self.messengers.values()
            for m in w.hanging.values()
            if m["lead_id"] == lead_id
        ]

    def alerts(self, lead_id: str) -> Sequence[Alert]:
        return self.store.alerts([lead_id]).get(lead_id, ())
