"""What the page RESPONSE shows: figures by person, team and source, and the leads behind each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.entrypoints.dashboard.addresses.time_range import TimeRange
from leadline.model.formats import iso
from leadline.model.harmless_texts import in_spreadsheet
from leadline.operations.lead_csv import csv_line
from leadline.operations.response import (
    AWAITED,
    ResponseGroup,
    ResponseJudge,
    ResponseState,
    TimedLead,
    group_of,
    groups_by,
    timed,
)
from leadline.ports.ledger import LeadFilter, Ledger

MOST_TIMED = 2000
"""The most leads that are looked at, the newest ones of the time."""
PAGE = 50
"""How many leads are listed at once."""
BY: Mapping[str, tuple[str, Callable[[TimedLead], str]]] = {
    "person": ("Person", lambda one: one.person),
    "team": ("Team", lambda one: one.team),
    "source": ("Source", lambda one: one.source),
}
"""By what figures are grouped, by the value of `by`: the heading and the value of a lead."""
MEASURES: Mapping[str, tuple[str, Callable[[TimedLead], float | None]]] = {
    "owner": ("time to owner", lambda one: one.owner),
    "alert": ("time to alert", lambda one: one.alert),
    "response": ("time to first response", lambda one: one.response),
}
"""The times that are measured, by the value of `sort`: in words, and that of a lead."""
_FIELDS = (
    "lead_id", "captured_at", "source", "person", "team", "state", "due", "owner_s", "alert_s",
    "response_s",
)  # fmt: skip


class ResponsePicture(msgspec.Struct, frozen=True):
    """The leads of a time with their figures; if `is_cut`, only its newest leads."""

    leads: tuple[TimedLead, ...]
    is_cut: bool
    whole: ResponseGroup
    groups: Mapping[str, Sequence[ResponseGroup]]


class ResponseQuery(msgspec.Struct, frozen=True):
    """What an address asks for: the time, and which leads are listed. `by` (a key of `BY`) and
    `name` select a group, `state` a state; `sort` (a key of `MEASURES`) selects leads of which this
    is known and lists the slowest first. With `all` every lead is listed that nothing else leaves
    out. `start` is the number of leads before the first one."""

    time: TimeRange
    by: str = ""
    name: str = ""
    state: ResponseState | None = None
    sort: str = ""
    start: int = 0
    all: bool = False

    @property
    def lists(self) -> bool:
        """Whether leads are listed."""
        return bool(self.by or self.state or self.sort or self.all)

    def address(self, path: str = "/response", **changed: str) -> str:
        """A path for this time and list, some of it changed ("" leaves a part out)."""
        values = {
            "by": self.by,
            "name": self.name,
            "state": str(self.state or ""),
            "sort": self.sort,
            "all": "1" if self.all else "",
        }
        return self.time.address(path, **{**values, **changed})

    @property
    def words(self) -> str:
        """Which leads are listed, in words."""
        parts = [str(self.state)] if self.state else []
        if self.by:
            parts.append(f"{self.by} {self.name}")
        if self.sort:
            parts.append(f"slowest {MEASURES[self.sort][0]} first")
        return ", ".join(parts) or "all that were refined"

    def selected(self, leads: Sequence[TimedLead]) -> list[TimedLead]:
        """The leads that are listed, in order: the most urgent or the slowest first."""
        key = BY[self.by][1] if self.by else None
        found = [
            one
            for one in leads
            if (self.state is None or one.state is self.state)
            and (key is None or key(one) == self.name)
        ]
        if self.sort:
            value = MEASURES[self.sort][1]
            known = [(seconds, one) for one in found if (seconds := value(one)) is not None]
            return [one for _, one in sorted(known, key=lambda pair: -pair[0])]
        return sorted(found, key=_urgency)

    def page(self, leads: Sequence[TimedLead]) -> tuple[Sequence[TimedLead], int]:
        """The leads of the list that are shown at once, and where the next page begins (0: it is
        the last)."""
        end = self.start + PAGE
        return leads[self.start : end], end if len(leads) > end else 0


def response_query(values: Mapping[str, str], time: TimeRange) -> ResponseQuery:
    """What the parameters of an address ask for; what is not known is ignored."""
    by, sort, start = (values.get(one, "") for one in ("by", "sort", "start"))
    states = {str(one): one for one in ResponseState}
    return ResponseQuery(
        time,
        by if by in BY else "",
        values.get("name", "")[:500] if by in BY else "",
        states.get(values.get("state", "")),
        sort if sort in MEASURES else "",
        int(start) if start.isdecimal() and len(start) < 6 else 0,
        all=values.get("all") == "1",
    )


def response_picture(ledger: Ledger, time: TimeRange, judge: ResponseJudge) -> ResponsePicture:
    """The figures of the leads that were captured in this time."""
    which = LeadFilter(since=time.since, until=time.until, limit=MOST_TIMED + 1)
    found = [timed(one, judge) for one in ledger.followed(which)]
    leads = tuple(found[:MOST_TIMED])
    groups = {by: groups_by(leads, key) for by, (_, key) in BY.items()}
    return ResponsePicture(leads, len(found) > MOST_TIMED, group_of("", leads), groups)


def response_csv(leads: Sequence[TimedLead]) -> Iterator[str]:
    """The leads as lines of CSV, with a heading; times of steps in seconds from the capture."""
    yield csv_line(_FIELDS)
    for one in leads:
        texts = [in_spreadsheet(text) for text in (one.source, one.person, one.team)]
        due = "" if one.due is None else iso(one.due)
        spans = ["" if s is None else f"{s:g}" for s in (one.owner, one.alert, one.response)]
        yield csv_line([one.lead_id, iso(one.captured_at), *texts, str(one.state), due, *spans])


def _urgency(one: TimedLead) -> tuple[int, datetime, str]:
    """First leads for which a response is awaited, by when it is due; then the others."""
    place = AWAITED.index(one.state) if one.state in AWAITED else len(AWAITED)
    due = one.due or one.captured_at
    return place, due, one.lead_id
