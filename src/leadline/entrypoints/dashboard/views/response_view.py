"""What the page RESPONSE shows: figures by person, team and source, and the leads behind each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.entrypoints.dashboard.addresses.time_range import TimeRange
from leadline.model.batches import batched
from leadline.model.formats import iso
from leadline.model.texts.harmless_texts import in_spreadsheet
from leadline.operations.figures.indexed_response import ResponseIds, response_ids
from leadline.operations.figures.response import (
    AWAITED,
    ResponseGroup,
    ResponseJudge,
    ResponseState,
    TimedLead,
    group_of,
    groups_by,
    timed,
)
from leadline.operations.lists.lead_csv import csv_line
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.ports.reading.questions import Questions

MOST_TIMED = 2000
"""The most leads that are looked at, the newest ones of the time."""
MOST_OLDER = 1000
"""The most leads before these that are looked at because a response is awaited."""
_AT_ONCE = 500
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
    """The leads of a time with their figures; if `is_cut`, only its newest leads, and of older ones
    those for which a response is awaited (`older`), as far as an index knows them: all of them, or
    with `more` the newest. `number` is how many were refined in this time (None: not known).
    """

    leads: tuple[TimedLead, ...]
    is_cut: bool
    whole: ResponseGroup
    groups: Mapping[str, Sequence[ResponseGroup]]
    older: tuple[TimedLead, ...] = ()
    number: int | None = None
    more: bool = False

    def those(self, state: ResponseState | None) -> Sequence[TimedLead]:
        """The leads among which those of a state (None: of any) are."""
        return (*self.leads, *self.older) if state in AWAITED else self.leads


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

    def selected(self, picture: ResponsePicture) -> list[TimedLead]:
        """The leads that are listed, in order: the most urgent or the slowest first."""
        key = BY[self.by][1] if self.by else None
        found = [
            one
            for one in picture.those(self.state)
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


def response_picture(
    ledger: Ledger, time: TimeRange, judge: ResponseJudge, ids: ResponseIds | None = None
) -> ResponsePicture:
    """The figures of the leads that were captured in this time; *ids* are those that an index names
    (`ids_for`)."""
    if ids is None:
        which = LeadFilter(since=time.since, until=time.until, limit=MOST_TIMED + 1)
        found = [timed(one, judge) for one in ledger.followed(which)]
        return _picture(found[:MOST_TIMED], is_cut=len(found) > MOST_TIMED)
    leads = list(_timed_of(ledger, ids.newest, judge))
    states = _timed_of(ledger, ids.awaited, judge)
    older = [one for one in states if one.state in AWAITED]
    picture = _picture(leads, older, is_cut=ids.number > len(ids.newest))
    return msgspec.structs.replace(picture, number=ids.number, more=ids.more)


def ids_for(questions: Questions, time: TimeRange, judge: ResponseJudge) -> ResponseIds | None:
    """The leads of a time that are looked at, by an index; None if it can't say. Raises
    Unanswerable, StorageFailed."""
    most = MOST_OLDER if judge.targets.targets else 0  # without a target, none is awaited
    return response_ids(questions, time.since, time.until, judge.now, MOST_TIMED, most)


def _picture(
    leads: Sequence[TimedLead], older: Sequence[TimedLead] = (), *, is_cut: bool
) -> ResponsePicture:
    groups = {by: groups_by(leads, key, older) for by, (_, key) in BY.items()}
    whole = group_of("", leads, older)
    return ResponsePicture(tuple(leads), is_cut, whole, groups, tuple(older))


def _timed_of(ledger: Ledger, ids: Sequence[str], judge: ResponseJudge) -> Iterator[TimedLead]:
    for some in batched(ids, _AT_ONCE):
        which = LeadFilter(ids=tuple(some), limit=len(some))
        yield from (timed(one, judge) for one in ledger.followed(which))


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
