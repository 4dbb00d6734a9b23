"""Speed to lead: figures of how long leads wait.

A lead first waits for its owner, on purpose; then for us, until its alert is sent; then for the
first response of a person.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from leadline.model.facts.awaiting import first_touch, is_awaited
from leadline.model.facts.scored_leads import is_hot
from leadline.model.handling import holder_of
from leadline.model.lead import RefinedLead
from leadline.operations.figures.answering import due_at, is_late
from leadline.ports.reading.ledger import Followed
from leadline.team.people import Team
from leadline.team.targets import Targets

if TYPE_CHECKING:
    from leadline.settings.top.general import Settings

NOBODY = "(nobody)"
"""The name for leads without an owner in the figures by owner."""


class Spread(msgspec.Struct, frozen=True):
    """Percentiles of a duration in seconds; None if there are no leads (`count` is 0)."""

    count: int
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None


class Speed(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of some leads: how many they are, and how many were alerted (`told`) and `touched`.

    `wait` is from capture until they were due, `own` from then to the alert, `human` from the alert
    to the first touch, `whole` from capture to the first touch; `early` is by how much first looks
    made the waits of hot leads shorter. Of the leads with a target,
    `in_time` were touched before it, `late` were not, and `pending` have time left, by the clock of
    the target (`operations.figures.answering`). Leads that ended without a touch are in none of
    these.
    """

    leads: int
    told: int
    touched: int
    wait: Spread
    own: Spread
    human: Spread
    whole: Spread
    in_time: int
    late: int
    pending: int
    early: Spread = Spread(0)
    by_owner: Mapping[str, "Speed"] = {}

    @property
    def share_in_time(self) -> float | None:
        """The share (0 to 1) of leads in time among those whose target was met or missed."""
        decided = self.in_time + self.late
        return self.in_time / decided if decided else None


class Judge(msgspec.Struct, frozen=True):
    """What the figures depend on beside the leads: the time now, the wait in general and by source,
    the targets and the team."""

    now: datetime
    delay: timedelta
    delays: Mapping[str, timedelta] = {}
    targets: Targets = Targets()
    team: Team = Team()


class InTime(StrEnum):
    """How a lead stands by its target."""

    MET = "met"
    MISSED = "missed"
    PENDING = "pending"


class _Times(msgspec.Struct, frozen=True):
    """One lead's times in seconds; None for what has not happened yet."""

    owner: str
    wait: float
    own: float | None
    human: float | None
    whole: float | None
    in_time: InTime | None
    early: float | None


def judge_by(settings: "Settings", now: datetime) -> Judge:
    """The `Judge` by these settings."""
    return Judge(
        now=now,
        delay=settings.delay,
        delays={n: c.delay for n, c in settings.sources.items() if c.delay is not None},
        targets=Targets(settings.targets, settings.hours),
        team=Team(settings.people),
    )


def speed_of(leads: Iterable[Followed], judge: Judge, owner: str = "") -> Speed:
    """The figures of these leads, or of those of one owner (by any of their names)."""
    times = [_times(one, judge) for one in leads if not owner or _is_of(owner, one, judge)]
    owners = sorted({one.owner for one in times})
    apart = {name: _figures([t for t in times if t.owner == name]) for name in owners}
    return msgspec.structs.replace(_figures(times), by_owner=apart)


def _times(one: Followed, judge: Judge) -> _Times:
    lead, due = one.lead, _due(one, judge)
    touched = first_touch(one.handling)
    owner = holder_of(lead, one.handling)
    return _Times(
        owner=(judge.team.name_of(owner) or owner.shown) if owner else NOBODY,
        wait=_seconds(lead.captured_at, due),
        own=_seconds(due, one.told_at) if one.told_at else None,
        human=_seconds(one.told_at, touched) if one.told_at and touched else None,
        whole=_seconds(lead.captured_at, touched) if touched else None,
        in_time=_in_time(one, judge),
        early=_early(one, judge),
    )


def _early(one: Followed, judge: Judge) -> float | None:
    """By how much the wait of a hot lead was shorter than that of others; None if it was not."""
    if one.moved or not is_hot(one.lead):
        return None
    return _seconds(one.lead.processed_at, _planned(one.lead, judge)) or None


def _planned(lead: RefinedLead, judge: Judge) -> datetime:
    """When the wait of a lead of its source is over."""
    return lead.captured_at + judge.delays.get(lead.received_from, judge.delay)


def _due(one: Followed, judge: Judge) -> datetime:
    """When the wait was over. For a hot lead, and one whose wait was changed, that is the time of
    its refinement, since the original time is not stored."""
    lead = one.lead
    return lead.processed_at if one.moved else min(_planned(lead, judge), lead.processed_at)


def _in_time(one: Followed, judge: Judge) -> InTime | None:
    """How a lead stands by its target; None without one, or if no response is awaited."""
    due, touched = due_at(one.lead, one.handling, judge.targets), first_touch(one.handling)
    if due is None:
        return None
    if touched is not None:
        return InTime.MET if touched <= due else InTime.MISSED
    if not is_awaited(one.lead, one.handling):
        return None
    return InTime.MISSED if is_late(one.handling, due, judge.now) else InTime.PENDING


def _is_of(wanted: str, one: Followed, judge: Judge) -> bool:
    owner = holder_of(one.lead, one.handling)
    if owner is None:
        return wanted == NOBODY
    known = judge.team.known(owner)
    names = (judge.team.name_of(owner), known.name, owner.name, known.email, known.id, known.slack)
    return wanted.casefold() in {name.casefold() for name in names if name}


def _figures(times: Sequence[_Times]) -> Speed:
    aims = Counter(t.in_time for t in times)
    return Speed(
        leads=len(times),
        told=sum(t.own is not None for t in times),
        touched=sum(t.whole is not None for t in times),
        wait=spread(t.wait for t in times),
        own=spread(t.own for t in times),
        human=spread(t.human for t in times),
        whole=spread(t.whole for t in times),
        in_time=aims[InTime.MET],
        late=aims[InTime.MISSED],
        pending=aims[InTime.PENDING],
        early=spread(t.early for t in times),
    )


def spread(seconds: Iterable[float | None]) -> Spread:
    """The percentiles of these times; None is ignored."""
    known = sorted(s for s in seconds if s is not None)
    if not known:
        return Spread(0)
    return Spread(len(known), *(_nearest(known, share) for share in (50, 90, 95)))


def _nearest(ordered: Sequence[float], percent: int) -> float:
    """The percentile by nearest rank, which is the time of an actual lead."""
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def _seconds(begin: datetime, end: datetime) -> float:
    return round(max(0.0, (end - begin).total_seconds()), 3)


def as_rows(speed: Speed) -> Iterator[tuple[str, Spread]]:
    """The durations in the order in which they happen, each with its label."""
    yield "the wait", speed.wait
    if speed.early.count:
        yield "saved by first looks", speed.early
    yield "our own delay", speed.own
    yield "alert to first touch", speed.human
    yield "capture to first touch", speed.whole
