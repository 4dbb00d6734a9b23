"""Leads by every filter, in any order, page by page: what the page LEADS and its exports show.

The ledger applies the filters that it knows. The others are applied to its rows, of which at most
`MOST_LOOKED` are looked at.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import islice, takewhile

import msgspec

from leadline.model.batches import batched
from leadline.model.lead import Status
from leadline.operations.lists import listing
from leadline.operations.lists.listing import ContactReader, Listed
from leadline.operations.lists.paging import CountedRows, leads_from, next_place, place_after
from leadline.ports.reading.ledger import LeadFilter, LeadRow, Ledger, id_digits
from leadline.ports.reading.questions import Behind

MOST_LOOKED = 20_000
"""The most rows that are looked at for one answer."""
MOST_NEW = 2_000
"""The most rows that are looked at to count those that came in meanwhile, which is asked often."""
MOST_COUNTED = 10_000
"""Up to how many leads are counted."""
_ALL = 1 << 40
_AT_ONCE = 64

Shown = Callable[[Listed], Listed]
"""What the reader may see of a lead (`operations.lists.masked.masked_listed`, or all)."""


class Order(StrEnum):
    """By what leads are sorted."""

    CAPTURED = "captured"
    NAME = "name"
    COMPANY = "company"
    OWNER = "owner"
    SOURCE = "source"
    STATUS = "status"
    SCORE = "score"


class Wanted(msgspec.Struct, frozen=True):
    """Which leads are wanted, and in which order.

    `words` are looked for in what the reader is shown of a lead, and at the beginning and end of
    ids. `owner` is the owner's name as lists show it, in any case. `held` selects leads on hold,
    `duplicates` those that are linked to an earlier lead, `hot` those whose score
    reaches the threshold. The other filters are those of
    `LeadFilter`. `reverse` turns the order round: the usual one is newest first, A to Z, and the
    highest score first.
    """

    words: str = ""
    status: Status | None = None
    source: str = ""
    owner: str = ""
    since: datetime | None = None
    until: datetime | None = None
    reason: str = ""
    held: bool = False
    dead: bool = False
    unowned: bool = False
    duplicates: bool = False
    hot: bool = False
    order: Order = Order.CAPTURED
    reverse: bool = False


class LeadPage(msgspec.Struct, frozen=True):
    """A page of leads. `after` is the id after which the next page begins, "" at the end. `number`
    is how many leads there are; `is_more` is whether there may be more than that, because no more
    are counted. `all_looked` is whether all leads were looked at: if not, the oldest are missing.
    `behind` is how far the index is behind from which the page was taken, or that is being made.
    With `is_narrow` words were not sought in messages and further fields: they are encrypted.
    """

    leads: tuple[Listed, ...]
    after: str
    number: int
    is_more: bool = False
    all_looked: bool = True
    behind: Behind | None = None
    is_narrow: bool = False


class Browser:
    """Reads leads of one ledger for one reader, who is shown what *shown* returns; with *masks*
    that is less than all, so that nothing else is searched."""

    def __init__(self, ledger: Ledger, read: ContactReader, shown: Shown | None = None) -> None:
        self._ledger = ledger
        self._read = read
        self._shown = shown

    def page(self, wanted: Wanted, size: int, after: str = "") -> LeadPage:
        """At most *size* leads, those after the lead with the id *after*."""
        if not self._must_sort(wanted):
            return self._newest(wanted, size, after)
        rows = CountedRows(self._bare_rows(wanted))
        ordered = _sorted(list(self._fitting(rows, wanted)), wanted)
        rest = ordered[place_after(ordered, after) :]
        end = rest[size - 1].row.lead_id if len(rest) > size else ""
        number, all_looked = len(ordered), rows.number < MOST_LOOKED
        is_more = number > MOST_COUNTED or not all_looked
        shown = self._with_names(rest[:size], wanted)
        return LeadPage(shown, end, min(number, MOST_COUNTED), is_more, all_looked)

    def matching(self, wanted: Wanted) -> Iterator[Listed]:
        """All leads that are wanted, in order. Sorted otherwise than by capture, newest first, only
        the newest `MOST_LOOKED` are."""
        rows = self._matching(wanted)
        if not self._must_sort(wanted):
            return rows
        return iter(_sorted(list(rows), wanted))

    def following(self, wanted: Wanted, size: int, after: str) -> tuple[tuple[Listed, ...], str]:
        """At most *size* leads after the one with this id ("": the first), without their number,
        and the id after which the next ones begin, "" at the end. A lead that is wanted no more is
        no end: older ones follow."""
        leads = self.matching(wanted)
        is_there = not after or any(one.row.lead_id == after for one in leads)  # goes up to it
        some = list(islice(leads, size + 1))
        if not is_there:
            older = (one for one in self.matching(wanted) if one.row.lead_id < after)
            some = list(islice(older, size + 1))
        return tuple(some[:size]), some[size - 1].row.lead_id if len(some) > size else ""

    def newer(self, wanted: Wanted, than: str, most: int = 100) -> int:
        """How many leads are wanted that came in after the lead with the id *than*, at most *most*.
        Older leads are not read, however few are wanted, and of newer ones the last `MOST_NEW`."""
        every = self._ledger.each(LeadFilter(limit=MOST_NEW))
        came = takewhile(lambda row: row.lead_id > than, every)
        if _wants_all(wanted):  # then nothing of these leads is looked at
            return sum(1 for _ in islice(came, most))
        rows = (one for some in batched(came, _AT_ONCE) for one in self._those(some, wanted))
        return sum(1 for _ in islice(self._fitting(rows, wanted), most))

    def _those(self, rows: Sequence[LeadRow], wanted: Wanted) -> Iterator[Listed]:
        """Those of some leads that fit the filters of the ledger."""
        ids = tuple(row.lead_id for row in rows)
        which = msgspec.structs.replace(self._filter(wanted), ids=ids, limit=len(ids))
        found: Iterator[Listed] = (
            map(Listed, self._ledger.each(which))
            if self._is_bare(wanted)
            else listing.with_waits(self._ledger, which, self._read)
        )
        fits = (one for one in found if one.on_hold or not wanted.held)
        return fits if self._shown is None else map(self._shown, fits)

    def newest(self, wanted: Wanted, most: int) -> tuple[Listed, ...]:
        """The newest leads that are wanted, at most *most*, without counting them."""
        return tuple(islice(self._matching(wanted), most))

    def _newest(self, wanted: Wanted, size: int, after: str) -> LeadPage:
        if self._must_look(wanted) or wanted.held:
            return self._looked(wanted, size, after)
        some = list(islice(leads_from(self._matching(wanted), after), size + 1))
        if after and not some and not self._has(wanted, after):
            older = (one for one in self._matching(wanted) if one.row.lead_id < after)
            some = list(islice(older, size + 1))
        end = some[size - 1].row.lead_id if len(some) > size else ""
        number = self._ledger.count(self._filter(wanted), MOST_COUNTED + 1)
        return LeadPage(tuple(some[:size]), end, min(number, MOST_COUNTED), number > MOST_COUNTED)

    def _looked(self, wanted: Wanted, size: int, after: str) -> LeadPage:
        """A page of leads that are looked through once, for the page and for their number."""
        rows = CountedRows(self._bare_rows(wanted))
        found = list(islice(self._fitting(rows, wanted), MOST_COUNTED + 1))
        all_looked = rows.number < MOST_LOOKED
        number, is_more = min(len(found), MOST_COUNTED), len(found) > MOST_COUNTED
        rest = found[next_place(found, after) :]
        end = rest[size - 1].row.lead_id if len(rest) > size else ""
        shown = self._with_names(rest[:size], wanted)
        return LeadPage(shown, end, number, is_more or not all_looked, all_looked)

    def _has(self, wanted: Wanted, lead_id: str) -> bool:
        return any(one.row.lead_id == lead_id for one in self._matching(wanted))

    def _matching(self, wanted: Wanted) -> Iterator[Listed]:
        return self._fitting(self._rows(wanted), wanted)

    def _rows(self, wanted: Wanted) -> Iterator[Listed]:
        which = self._filter(wanted)
        if self._must_look(wanted) or self._must_sort(wanted):
            which = msgspec.structs.replace(which, limit=MOST_LOOKED)
        find = listing.on_hold if wanted.held else listing.with_waits
        rows = find(self._ledger, which, self._read)
        return rows if self._shown is None else map(self._shown, rows)

    def _bare_rows(self, wanted: Wanted) -> Iterator[Listed]:
        """As `_rows`, of which `_with_names` completes those that are shown: to read whom a lead is
        about that waits takes long, and thousands may wait."""
        if not self._is_bare(wanted):
            return self._rows(wanted)
        which = msgspec.structs.replace(self._filter(wanted), limit=MOST_LOOKED)
        return map(Listed, self._ledger.each(which))

    def _with_names(self, leads: Sequence[Listed], wanted: Wanted) -> tuple[Listed, ...]:
        if not self._is_bare(wanted):
            return tuple(leads)
        rows = listing.named(self._ledger, [one.row.lead_id for one in leads], self._read)
        return tuple(rows if self._shown is None else map(self._shown, rows))

    def _is_bare(self, wanted: Wanted) -> bool:
        """Whether leads are selected and sorted without knowing whom they are about."""
        by_names = wanted.order in (Order.NAME, Order.COMPANY)
        return not (by_names or wanted.held or (wanted.words and self._shown is not None))

    def _fitting(self, rows: Iterator[Listed], wanted: Wanted) -> Iterator[Listed]:
        words = wanted.words.casefold() if self._shown is not None else ""
        return (one for one in rows if _fits(one.row, wanted, words))

    def _filter(self, wanted: Wanted) -> LeadFilter:
        """The part of what is wanted that the ledger knows. What is hidden from the reader must not
        be searched, so the ledger then gets no words."""
        return LeadFilter(
            status=None if wanted.held else wanted.status,
            source=wanted.source or None,
            since=wanted.since,
            until=wanted.until,
            search=(wanted.words or None) if self._shown is None else None,
            reason=wanted.reason or None,
            dead=wanted.dead,
            unowned=wanted.unowned,
            limit=_ALL,
        )

    def _must_look(self, wanted: Wanted) -> bool:
        """Whether there is a filter that the ledger does not apply."""
        hidden = bool(wanted.words) and self._shown is not None
        return bool(wanted.owner) or wanted.duplicates or wanted.hot or hidden

    def _must_sort(self, wanted: Wanted) -> bool:
        return wanted.order is not Order.CAPTURED or wanted.reverse


def _wants_all(wanted: Wanted) -> bool:
    """Whether there is no filter, whatever the order."""
    return wanted == Wanted(order=wanted.order, reverse=wanted.reverse)


def _fits(row: LeadRow, wanted: Wanted, words: str) -> bool:
    if wanted.owner and (row.owner or "").casefold() != wanted.owner.casefold():
        return False
    if wanted.duplicates and row.duplicate_of is None:
        return False
    if wanted.hot and not row.hot:
        return False
    return not words or _says(row, words)


def _says(row: LeadRow, words: str) -> bool:
    """Whether the words stand in what a row shows, or the id begins or ends with them."""
    digits, whole = id_digits(words), row.lead_id.replace("-", "")
    if digits and (whole.startswith(digits) or (len(digits) >= 8 and whole.endswith(digits))):
        return True
    texts = (row.name, row.email, row.company)
    return any(words in text.casefold() for text in texts if text)


def _sorted(leads: Sequence[Listed], wanted: Wanted) -> list[Listed]:
    """The leads, newest first, in the order that is wanted; those without a value come last."""
    if wanted.order is Order.CAPTURED:
        return list(reversed(leads)) if wanted.reverse else list(leads)
    known = [one for one in leads if _value(one.row, wanted.order) is not None]
    others = [one for one in leads if _value(one.row, wanted.order) is None]
    down = wanted.reverse != (wanted.order is Order.SCORE)
    if wanted.order is Order.SCORE:
        known.sort(key=lambda one: one.row.score or 0.0, reverse=down)
    else:
        known.sort(key=lambda one: str(_value(one.row, wanted.order)).casefold(), reverse=down)
    return known + others


def _value(row: LeadRow, order: Order) -> str | float | None:
    value: str | float | None = getattr(row, str(order))
    return value if value != "" else None
