"""Counting what became of each arm: every company or person once, when it is old enough.

A unit (`allocating.unit_of`) is counted when its first lead is older than the time of the metric,
in all arms alike, and then by what had happened by that age. To count open leads as lost cries
winner wherever one arm only ends later.

Where arms wait for different times, leads of the longer wait appear later. So a unit of such an
experiment counts, and its arm's share is tested, only when it is older than any wait.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.experiments.record import Design, Started
from leadline.experiments.sequences import Count
from leadline.settings.notation.notations import DURATION
from leadline.settings.top.experiments import WAIT

UNTOLD, LATE, DEAD, JUNK, GONE = "untold", "late", "dead", "junk", "gone"
GUARDS: Mapping[str, str] = {
    UNTOLD: "nobody was alerted within a day",
    LATE: "alerted more than 5 minutes after refinement",
    DEAD: "has a dead letter",
    JUNK: "said to be junk",
    GONE: "deleted in the CRM",
}
"""What must not get worse while the metric gets better, in words, by its code."""
LATE_AFTER = timedelta(minutes=5)
"""An alert that is sent later than this after the refinement of its lead is late."""
GUARD_AGE = timedelta(days=1)
"""From which age on alerts and dead letters are looked at."""
LONGEST_DELAY = timedelta(days=1)
"""Leads that wait for the `delay` of the settings, which a design does not name, are taken to be
refined at this age."""


class SeenLead(msgspec.Struct, frozen=True):
    """A lead of an experiment: whom it is about (`unit`; "" if that was erased), its arm, when it
    was captured, when it reached the metric (None: it has not), and the `troubles` of `GUARDS`
    that it had. `repeats` is the lead that it duplicates ("": none)."""

    lead_id: str
    unit: str
    arm: str
    captured_at: datetime
    reached_at: datetime | None = None
    troubles: frozenset[str] = frozenset()
    repeats: str = ""


class ArmFigures(msgspec.Struct, frozen=True):
    """What became of an arm: its `leads`, the `units` that they are about, how many of these are
    counted and reached the metric, how many are too young (`open`), and the guards by code.
    `unsettled` of the units are so young that those of an arm that waits longer may be missing."""

    arm: str
    leads: int
    units: int
    counted: Count
    open: int
    guards: Mapping[str, Count]
    unsettled: int = 0


def figures_of(started: Started, seen: Iterable[SeenLead], now: datetime) -> tuple[ArmFigures, ...]:
    """The figures of each arm, in the order of the design. Leads captured before the start or
    after the stop do not count, nor do those with an arm that the design has not. Where arms wait,
    the stop is that of the last lead that was refined by then in every arm. A unit counts in the
    arm of its first lead."""
    settles = settled_after(started.design)
    until = now if started.stopped_at is None else started.stopped_at - settles
    arms: dict[str, list[list[SeenLead]]] = {arm.name: [] for arm in started.design.arms}
    meant = [
        one for one in seen if started.started_at <= one.captured_at <= until and one.arm in arms
    ]
    for leads in _by_unit(meant):
        first = min(leads, key=lambda one: (one.captured_at, one.lead_id))
        arms[first.arm].append(leads)
    within = started.design.within
    return tuple(_of_arm(arm, found, within, settles, now) for arm, found in arms.items())


def settled_after(design: Design) -> timedelta:
    """The age at which the leads of all arms are refined, so that no arm has more of them because
    it waits less; zero where arms do not wait for different times."""
    if design.change != WAIT:
        return timedelta()
    waits: list[timedelta] = [DURATION.read(arm.value) for arm in design.arms if arm.value]
    return max([LONGEST_DELAY, *waits])


def _by_unit(seen: Sequence[SeenLead]) -> Iterable[list[SeenLead]]:
    """The leads of each unit. A lead whose unit was erased is of that of the lead that it repeats,
    or of the one that repeats it; else it stands for itself."""
    known = {one.repeats: one.unit for one in seen if one.unit and one.repeats}
    known |= {one.lead_id: one.unit for one in seen if one.unit}
    units: dict[str, list[SeenLead]] = {}
    for one in seen:
        first = one.repeats or one.lead_id
        units.setdefault(one.unit or known.get(first, first), []).append(one)
    return units.values()


def _of_arm(
    arm: str,
    units: Sequence[Sequence[SeenLead]],
    within: timedelta,
    settles: timedelta,
    now: datetime,
) -> ArmFigures:
    guards: dict[str, Count] = defaultdict(Count)
    counted, unsettled = Count(), 0
    for leads in units:
        first = min(one.captured_at for one in leads)
        unsettled += first + settles > now
        if first + max(within, settles) <= now:
            end = first + within
            hit = any(one.reached_at is not None and one.reached_at <= end for one in leads)
            counted = _one_more(counted, hit)
        for code in GUARDS:
            if first + max(_age(code, within), settles) <= now:
                guards[code] = _one_more(guards[code], _has(leads, code, first))
    return ArmFigures(
        arm=arm,
        leads=sum(map(len, units)),
        units=len(units),
        counted=counted,
        open=len(units) - counted.units,
        guards={code: guards[code] for code in GUARDS},
        unsettled=unsettled,
    )


def _age(code: str, within: timedelta) -> timedelta:
    """How old the first lead of a unit must be until a guard counts it."""
    return GUARD_AGE if code in (UNTOLD, LATE, DEAD) else max(GUARD_AGE, within)


def _has(leads: Sequence[SeenLead], code: str, first: datetime) -> bool:
    """Whether the first lead of a unit had this trouble."""
    return any(code in one.troubles for one in leads if one.captured_at == first)


def _one_more(count: Count, hit: bool) -> Count:
    return Count(count.units + 1, count.hits + hit)
