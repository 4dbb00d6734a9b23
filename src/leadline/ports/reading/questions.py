"""The questions that lists and charts ask about leads: pages, numbers, figures over time.

A store answers them from an index of its leads, so that the answer about a million leads takes as
long as one about a thousand. The index is written behind the leads, by workers; `Questions.behind`
says how far.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.lead import Status
from leadline.ports.reading.ledger import LeadRow

MOST_COUNTED = 10_000
"""Up to how many leads are counted for a filter."""
NOT_LEADS = (Status.FILTERED, Status.FOLDED)
"""The statuses of events that made no lead; they are selected only by their status."""


class Unanswerable(ConfigurationError):
    """The store has no index for this question. The detail says in words what it can answer."""

    status = 422
    title = "This can't be looked up here"


class WithoutTexts(Unanswerable):
    """The store has no index of texts, because its data is encrypted."""


class SortKey(StrEnum):
    """By what leads are sorted. Leads without a score, owner, company or name come last; of one
    source or status the newest come first, whatever the direction. A masked query sorts by names as
    they are masked."""

    CAPTURED = "captured"
    SCORE = "score"
    OWNER = "owner"
    COMPANY = "company"
    NAME = "name"
    SOURCE = "source"
    STATUS = "status"


class Repeats(StrEnum):
    """Whether leads are wanted that repeat an earlier lead of the same person (duplicates)."""

    ANY = ""
    ONLY = "only"
    NONE = "none"


class LeadQuestion(msgspec.Struct, frozen=True):
    """Selects leads that meet all conditions given, and sorts them.

    Every word of `text` must be found, without regard to case and accents: in name, e-mail,
    phone, company, message, custom fields, source, campaign and owner; in what was sent as long as
    the lead is not refined. Words of one or two characters with no longer one beside them are
    looked for at the beginnings of the words of name and company alone. A text of at least eight
    digits of an id also finds the leads whose id begins or ends with it. With `masked`, only
    company, source, campaign, owner and id are searched, and what is shown of names and addresses
    that are masked: what somebody sees who sees masked leads. The order by name is that of the
    names as they are, also with `masked`.

    `statuses`, `sources`, `campaigns` and `owners` select leads with one of these values; an owner
    is the name that lists show, without regard to case and accents. `since` is included, `until` is
    not. `dead` selects leads with a dead letter of any step, `hot` those whose score reaches the
    threshold, `unowned` those that `ports.reading.ledger.LeadFilter.unowned` selects, `valid` those
    that are refined and not quarantined, and `awaited` those of them to which a person is still to
    respond (`model.facts.awaiting`).
    """

    text: str = ""
    statuses: tuple[Status, ...] = ()
    sources: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    dead: bool = False
    unowned: bool = False
    hot: bool = False
    valid: bool = False
    awaited: bool = False
    repeats: Repeats = Repeats.ANY
    sort: SortKey = SortKey.CAPTURED
    descending: bool = True
    masked: bool = False


class FoundLeads(msgspec.Struct, frozen=True):
    """A page of leads in the order of the query. `next` and `previous` are the cursors of the pages
    after and before it; None if there is none. Rows are unmasked, and as the ledger has them now:
    one that has just changed may no longer meet the query."""

    rows: tuple[LeadRow, ...]
    next: str | None = None
    previous: str | None = None


class Counted(msgspec.Struct, frozen=True):
    """A number of leads; `more`: there are more than that, which were not counted."""

    number: int
    more: bool = False


class Facets(msgspec.Struct, frozen=True):
    """The values that the leads of a query have, each with its number of leads, most first.

    With `more`, only the `MOST_COUNTED` newest leads were counted. Leads without a campaign or
    owner are not in these.
    """

    sources: Mapping[str, int]
    campaigns: Mapping[str, int]
    owners: Mapping[str, int]
    statuses: Mapping[str, int]
    more: bool = False


class Figures(msgspec.Struct, frozen=True):
    """Numbers of leads that were captured in a time, by what became of them until now.

    `valid` are refined and not quarantined, `unique` those of them that are no duplicates (which
    are `duplicates`). Of the valid ones, `told` have an alert that was sent, `claimed` were claimed
    by somebody, `contacted` have had a person's first response; `won`, `lost` (also those that the
    CRM disqualified) and `junk` have ended so. `dead` have a dead letter of any step, `quarantined`
    were taken for spam. Redeliveries, and events that made no lead, are
    not counted.
    """

    captured: int = 0
    valid: int = 0
    unique: int = 0
    told: int = 0
    claimed: int = 0
    contacted: int = 0
    won: int = 0
    lost: int = 0
    junk: int = 0
    duplicates: int = 0
    dead: int = 0
    quarantined: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        """The figures of both."""
        numbers = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)
        return Figures(*(one + another for one, another in numbers))

    @property
    def open(self) -> int:
        """The valid leads that have not ended."""
        return self.valid - self.won - self.lost - self.junk

    @property
    def won_share(self) -> float | None:
        """The share (0 to 1) of won leads among those that have ended; None if none has."""
        ended = self.won + self.lost + self.junk
        return self.won / ended if ended else None

    @property
    def junk_share(self) -> float | None:
        """The share (0 to 1) of leads that are junk or were quarantined; None without leads."""
        return (self.junk + self.quarantined) / self.captured if self.captured else None

    @property
    def duplicate_share(self) -> float | None:
        """The share (0 to 1) of duplicates among the valid leads; None without any."""
        return self.duplicates / self.valid if self.valid else None


class By(StrEnum):
    """By what figures are grouped. A BAND of scores ("0-19" to "60-79", "80+", "below 0") goes with
    days alone."""

    DAY = "day"
    SOURCE = "source"
    CAMPAIGN = "campaign"
    OWNER = "owner"
    BAND = "band"


class Bar(msgspec.Struct, frozen=True):
    """The leads of one source that were captured in one step of time, which begins at `at`."""

    at: datetime
    source: str
    captured: int


class Behind(msgspec.Struct, frozen=True):
    """How far the index is behind: the number of leads that are new or have changed since, and for
    how many seconds (0 if there are none). `building`: leads from before the index was made are
    still being put in it. `events` is about how many leads and other events there are."""

    leads: int = 0
    seconds: float = 0.0
    building: bool = False
    events: int = 0

    @property
    def is_current(self) -> bool:
        """Whether all leads are in the index as they are."""
        return not self.leads


STEPS = (timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))
"""The steps of time of `Questions.hours`."""
DAYS, HOURS = 7, 24


class Questions(Protocol):
    """What can be asked about all leads. All methods may raise Unanswerable, StorageFailed."""

    def page(self, query: LeadQuestion, cursor: str | None = None, limit: int = 50) -> FoundLeads:
        """The leads of a query, from a cursor on that `page` returned for the same query. Raises
        ValueError if it is no cursor."""

    def place(self, query: LeadQuestion, lead_id: str) -> str | None:
        """The cursor of the page of a query that begins after a lead, which need not meet the
        query; None if the lead is unknown."""

    def ids(self, query: LeadQuestion, most: int) -> Sequence[str]:
        """The ids of the first *most* leads of a query, in its order."""

    def count(self, query: LeadQuestion, most: int = MOST_COUNTED) -> Counted:
        """The number of leads of a query, up to *most*."""

    def facets(self, query: LeadQuestion) -> Facets:
        """The values of the leads of a query."""

    def figures(
        self, since: datetime, until: datetime, by: Sequence[By] = ()
    ) -> Mapping[tuple[str, ...], Figures]:
        """The figures of the leads captured from *since* on and before *until*, by the values of
        *by*, in that order ("" for leads without one; days, in UTC, as 2026-11-30); for `()` the
        only key is `()`. By two or three of source, campaign
        and owner it may take a second."""

    def hours(self, since: datetime, until: datetime, step: timedelta) -> Sequence[Bar]:
        """How many leads of each source were captured in each *step* (of `STEPS`, in UTC) that
        begins from *since* on and before *until*, in the order of time; without steps in which
        none was."""

    def hour_of_week(self, since: datetime, until: datetime, zone: str) -> Sequence[Sequence[int]]:
        """How many leads were captured in each hour of each day of the week, by the clocks of a
        time zone: `DAYS` rows, Monday first, of `HOURS` numbers each. Counted by whole hours
        in UTC."""

    def behind(self, now: datetime) -> Behind:
        """How far the index is behind the leads."""

    def close(self) -> None:
        """Close what it reads."""
