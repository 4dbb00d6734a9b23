"""What comes in now: counts, waits and speed of the last hours, for the page LIVE.

Nothing of a lead's person is in these figures.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from leadline.model.lead import Status
from leadline.model.task import Step
from leadline.operations.figures.speed import Judge, Speed, speed_of
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.ports.reading.standing_tasks import StandingTasks

MOST_COUNTED, MOST_COUNTED_ON_AWS = 10_000, 1_000
"""The most leads of a time that are counted; older ones are left out. On AWS what is read is paid
for."""
MOST_TIMED = 1_000
"""The most leads of which the speed is measured."""
MOST_SOURCES = 5
"""How many sources have bars of their own; the others share one."""
OTHERS = "other sources"
STEPS_OF_BARS: Mapping[timedelta, timedelta] = {
    timedelta(hours=1): timedelta(minutes=2),
    timedelta(hours=6): timedelta(minutes=10),
    timedelta(hours=24): timedelta(minutes=30),
    timedelta(days=7): timedelta(hours=4),
}
"""The width of a bar by the time that is shown."""
SPANS: Sequence[timedelta] = tuple(STEPS_OF_BARS)


class Bars(msgspec.Struct, frozen=True):
    """The leads of a time by their capture: when each bar begins, how long it lasts, and how many
    leads each source has in each. The first bar begins up to a width before the time, and counts
    the leads in it alone."""

    starts: tuple[datetime, ...]
    step: timedelta
    by_source: Mapping[str, tuple[int, ...]]

    @property
    def totals(self) -> tuple[int, ...]:
        """All leads of each bar."""
        return tuple(map(sum, zip(*self.by_source.values(), strict=True))) or (0,) * len(
            self.starts
        )


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """The figures at a moment. `captured`, `duplicates`, `quarantined` and `speed` are those of the
    time that is shown; if `is_cut`, only of its newest leads. `waiting` leads are not refined yet;
    `due` of them should be, and `on_hold` are those that operators stopped. `late_since` is when
    the lead that is late for longest was due. `dead` are all dead letters there are. Of tasks, dead
    letters and leads on hold, no more than `counted_to` are counted (None: all are)."""

    at: datetime
    span: timedelta
    captured: int
    is_cut: bool
    duplicates: int
    quarantined: int
    waiting: int
    on_hold: int
    due: int
    alerts_waiting: int
    late_since: datetime | None
    dead: int
    speed: Speed
    bars: Bars
    counted_to: int | None = None

    @property
    def late(self) -> timedelta | None:
        """How late the lead is that is late for longest; None if none is."""
        since = self.late_since
        return self.at - since if since is not None and since < self.at else None


class LiveCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of leads in a `Picture` and their bars."""

    captured: int
    is_cut: bool
    duplicates: int
    quarantined: int
    bars: Bars


def picture(
    ledger: Ledger,
    judge: Judge,
    span: timedelta,
    most: int = MOST_COUNTED,
    counts: LiveCounts | None = None,
    standing: StandingTasks | None = None,
) -> Picture:
    """The figures at the time of *judge*, of the time *span* before it (one of `SPANS`), of which
    at most *most* leads are read. *counts* and *standing* are what is known already."""
    at = judge.now
    counts = counts or _counts(ledger, at, span, most)
    timed = LeadFilter(since=at - span, limit=min(most, MOST_TIMED))
    if standing is None:
        standing = StandingTasks(ledger.backlog(at), len(ledger.on_hold()), ledger.untold_since(at))
    backlog = standing.backlog
    refine = [one for one in backlog if one.step is Step.REFINE]
    notify = [one for one in backlog if one.step is Step.NOTIFY]
    return Picture(
        at=at,
        span=span,
        captured=counts.captured,
        is_cut=counts.is_cut,
        duplicates=counts.duplicates,
        quarantined=counts.quarantined,
        waiting=sum(one.waiting + one.leased for one in refine),
        on_hold=standing.on_hold,
        due=sum(one.due for one in refine),
        alerts_waiting=sum(one.waiting + one.leased for one in notify),
        late_since=standing.late_since,
        dead=sum(one.dead for one in backlog),
        speed=speed_of(ledger.followed(timed), judge),
        bars=counts.bars,
    )


def _counts(ledger: Ledger, at: datetime, span: timedelta, most: int) -> LiveCounts:
    bars_from = bars_begin(at, span)
    rows = list(ledger.each(LeadFilter(since=at - span, limit=most + 1)))
    counted = rows[:most]
    return LiveCounts(
        captured=len(counted),
        is_cut=len(rows) > most,
        duplicates=sum(one.duplicate_of is not None for one in counted),
        quarantined=sum(one.status is Status.QUARANTINED for one in counted),
        bars=bars_of([(one.captured_at, one.source, 1) for one in counted], bars_from, span),
    )


def bars_begin(at: datetime, span: timedelta) -> datetime:
    """When the first bar of a time before a moment begins: at a whole multiple of their width."""
    step = STEPS_OF_BARS[span]
    whole = at - span
    past = (whole - datetime.min.replace(tzinfo=UTC)) % step
    return whole - past


def bars_of(numbers: Sequence[tuple[datetime, str, int]], begin: datetime, span: timedelta) -> Bars:
    """Bars of numbers of leads, by when they were captured and their source."""
    step = STEPS_OF_BARS[span]
    number = span // step + 1
    whole = Counter[str]()
    for _, source, count in numbers:
        whole[source] += count
    most = [name for name, _ in whole.most_common(MOST_SOURCES)]
    if len(whole) > MOST_SOURCES:
        most.append(OTHERS)
    counts = {name: [0] * number for name in most}
    for at, source, count in numbers:
        place = min((at - begin) // step, number - 1)
        counts.get(source, counts.get(OTHERS, []))[place] += count
    starts = tuple(begin + step * at for at in range(number))
    return Bars(starts, step, {name: tuple(bars) for name, bars in counts.items()})
