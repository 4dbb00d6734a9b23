"""Which leads the address of LEADS and of its exports asks for."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from leadline.model.lead import Status
from leadline.operations.lists.browsing import Order, Wanted
from leadline.settings.notation.notations import DURATION
from leadline.settings.notation.zones import zone

E = TypeVar("E", bound=StrEnum)

RANGES: Mapping[str, str] = {
    "1h": "last hour",
    "6h": "last 6 hours",
    "24h": "last 24 hours",
    "7d": "last 7 days",
    "30d": "last 30 days",
}
"""Times of capture up to now, as the page offers them, in words."""
COLUMNS = (
    "captured", "status", "name", "email", "phone", "company", "source", "owner", "score",
    "duplicate",
)  # fmt: skip
"""The columns that may be shown, in order; the id always is."""
USUAL_COLUMNS = ("captured", "status", "name", "email", "company", "source", "owner")
SIZES = (50, 100, 200)
HELD = "held"
"""The status of leads on hold, which the model does not have."""
_LONGEST = 200


class LeadQuery(msgspec.Struct, frozen=True):
    """What an address asks for: the parameters that it has, what they mean, the columns, the size
    of a page and where it begins, and what of the address was not understood."""

    given: Mapping[str, str]
    wanted: Wanted
    columns: tuple[str, ...] = USUAL_COLUMNS
    size: int = SIZES[0]
    after: str = ""
    faults: tuple[str, ...] = ()

    def address(self, path: str = "/leads", **changed: str) -> str:
        """A path with these parameters, some changed ("" leaves one out), from the first lead on
        unless `after` is given."""
        values = {**self.given, "after": "", **changed}
        kept = urlencode({name: value for name, value in values.items() if value})
        return f"{path}?{kept}" if kept else path

    def without(self, name: str) -> str:
        """The address without one of the parameters."""
        return self.address(**{name: ""})

    def value(self, name: str) -> str:
        """A parameter as it was given; "" if it was not."""
        return self.given.get(name, "")

    @property
    def is_all(self) -> bool:
        """Whether there is no filter."""
        order, reverse = self.wanted.order, self.wanted.reverse
        return self.wanted == Wanted(order=order, reverse=reverse)


class _Reader:
    def __init__(self, values: Mapping[str, str], zone_name: str, now: datetime) -> None:
        self._values = values
        self._zone = zone(zone_name)
        self._now = now
        self.faults: list[str] = []

    def text(self, name: str) -> str:
        return self._values.get(name, "").strip()[:_LONGEST]

    def flag(self, name: str) -> bool:
        return self.text(name) not in ("", "0", "no")

    def one_of(self, name: str, kind: type[E]) -> E | None:
        text = self.text(name)
        if not text:
            return None
        try:
            return kind(text)
        except ValueError:
            self.faults.append(f"There is no {name} of this name; it is ignored.")
            return None

    def time(self, name: str) -> datetime | None:
        """A time as a browser's field writes it, in the viewer's zone, or with an offset."""
        text = self.text(name)
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
            at = (at if at.tzinfo else at.replace(tzinfo=self._zone)).astimezone(UTC)
            at.astimezone(self._zone)  # as the page shows it again
            return at
        except (ValueError, OverflowError):
            self.faults.append(f"“{name}” is not a time; it is ignored.")
            return None

    def since(self) -> datetime | None:
        back = self.text("range")
        return self._now - DURATION.read(back) if back in RANGES else self.time("from")


def lead_query(values: Mapping[str, str], zone_name: str, now: datetime) -> LeadQuery:
    """What the parameters of an address ask for; *zone_name* is the viewer's time zone."""
    reader = _Reader(values, zone_name, now)
    held = reader.text("status") == HELD
    sort = reader.text("sort")
    order = _order(sort.removeprefix("-"))
    wanted = Wanted(
        words=reader.text("q"),
        status=None if held else reader.one_of("status", Status),
        source=reader.text("source"),
        owner=reader.text("owner"),
        since=reader.since(),
        until=reader.time("to"),
        reason=reader.text("reason"),
        held=held,
        dead=reader.flag("dead"),
        unowned=reader.flag("unowned"),
        duplicates=reader.flag("duplicates"),
        hot=reader.flag("hot"),
        order=order,
        reverse=sort.startswith("-"),
    )
    asked = reader.text("columns").split(",")
    columns = tuple(one for one in COLUMNS if one in asked) or USUAL_COLUMNS
    size = next((one for one in SIZES if str(one) == reader.text("size")), SIZES[0])
    given = {name: value for name, value in values.items() if value and name in PARAMETERS}
    return LeadQuery(given, wanted, columns, size, reader.text("after"), tuple(reader.faults))


PARAMETERS = frozenset((
    "q", "status", "source", "owner", "range", "from", "to", "reason", "dead", "unowned",
    "duplicates", "hot", "sort", "columns", "size", "after",
))  # fmt: skip
"""The parameters that an address of LEADS may have."""


def _order(name: str) -> Order:
    return Order(name) if name in list(Order) else Order.CAPTURED
