"""Lists of leads for people: with the names and due times of leads that still wait."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from leadline.model.batches import batched
from leadline.model.lead import Contact, Status
from leadline.model.task import ON_HOLD, ON_HOLD_UNTIL
from leadline.ports.reading.ledger import LeadFilter, LeadRow, Ledger
from leadline.ports.reading.listing import Wait

LONGEST_READ = 64 << 10
"""The most bytes of an event that are read for the name of a lead that waits."""
_AT_ONCE = 64

ContactReader = Callable[[LeadRow, Wait], Contact | None]
"""Reads whom a waiting lead is about; None if that can't be told."""


class Listed(msgspec.Struct, frozen=True):
    """A lead in a list, and its wait if it waits."""

    row: LeadRow
    wait: Wait | None = None

    @property
    def on_hold(self) -> bool:
        """Whether the lead is on hold."""
        return self.wait is not None and self.wait.due_at >= ON_HOLD_UNTIL


def with_waits(ledger: Ledger, which: LeadFilter, read: ContactReader) -> Iterator[Listed]:
    """The selected leads, newest first, as they are read; `row` of a waiting one has the contact
    data of its event."""
    return _with_waits(ledger, ledger.each(which), read)


def on_hold(ledger: Ledger, which: LeadFilter, read: ContactReader) -> Iterator[Listed]:
    """As `with_waits`, only leads on hold."""
    return _with_waits(ledger, _rows_on_hold(ledger, which), read)


def count_on_hold(ledger: Ledger, which: LeadFilter) -> int:
    """The number of selected leads on hold, without the filter's limit."""
    every = msgspec.structs.replace(which, limit=1 << 40)
    return sum(1 for _ in _rows_on_hold(ledger, every))


def named(ledger: Ledger, lead_ids: Sequence[str], read: ContactReader) -> list[Listed]:
    """These leads, in the order given; unknown ones are left out."""
    found = {
        one.row.lead_id: one
        for some in batched(lead_ids, _AT_ONCE)
        for one in with_waits(ledger, LeadFilter(ids=tuple(some), limit=len(some)), read)
    }
    return [found[i] for i in lead_ids if i in found]


def marked(ledger: Ledger, which: LeadFilter) -> Iterator[LeadRow]:
    """The rows as they are stored; `why` of leads on hold is replaced by `ON_HOLD`."""
    held = frozenset(ledger.on_hold())
    for row in ledger.each(which):
        yield _marked(row) if row.lead_id in held else row


def marked_on_hold(ledger: Ledger, which: LeadFilter) -> Iterator[LeadRow]:
    """As `marked`, only leads on hold."""
    return map(_marked, _rows_on_hold(ledger, which))


def _marked(row: LeadRow) -> LeadRow:
    return msgspec.structs.replace(row, why=ON_HOLD)


def _rows_on_hold(ledger: Ledger, which: LeadFilter) -> Iterator[LeadRow]:
    left = which.limit
    for some in batched(sorted(ledger.on_hold(), reverse=True), _AT_ONCE):
        if left <= 0:
            return
        ids = tuple(some)
        only = msgspec.structs.replace(which, ids=ids, status=Status.WAITING, limit=left)
        rows = list(ledger.each(only))
        yield from rows
        left -= len(rows)


def _with_waits(ledger: Ledger, rows: Iterator[LeadRow], read: ContactReader) -> Iterator[Listed]:
    for some in batched(rows, _AT_ONCE):
        ids = [row.lead_id for row in some if row.status is Status.WAITING]
        waits = ledger.waits(ids, LONGEST_READ) if ids else {}
        for row in some:
            wait = waits.get(row.lead_id)
            yield Listed(_with_contact(row, wait, read), wait) if wait else Listed(row)


def _with_contact(row: LeadRow, wait: Wait, read: ContactReader) -> LeadRow:
    who = read(row, wait) if wait.raw else None
    if who is None:
        return row
    return msgspec.structs.replace(
        row, name=who.name, email=who.email, phone=who.phone, company=who.company
    )
