"""Whether everything works: queues, channels, CRMs and sources, for the page HEALTH.

Nothing of a lead's person is in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.model.arrivals import Arrivals
from leadline.model.task import Step
from leadline.operations.lately import LastTimes, Lately, lately_of
from leadline.ports.ledger import Backlog, LeadFilter, Ledger
from leadline.ports.listing import ChannelState

LATE = timedelta(minutes=5)
"""From this time on it counts as wrong that a lead is late (as in `leadline status`)."""
MOST_FAILURES = 3
"""From this number of failures in a row on a channel is paused (`alerts.circuit`)."""
_PAUSE = timedelta(seconds=5)
A_DAY = timedelta(days=1)
"""For how long back the leads of each source are counted."""
_MOST_COUNTED = 10_000
_NEWEST = 100


class ChannelHealthRow(msgspec.Struct, frozen=True):
    """A channel: "working", "trying" (its last message failed), "failing" or "paused"; since when
    messages fail, how many in a row, and until when it is paused. `last_well` is when a message was
    last accepted, as far as that is known; `words` are those of a failed attempt that is not over.
    """

    name: str
    state: str
    failures: int = 0
    since: datetime | None = None
    until: datetime | None = None
    last_well: datetime | None = None
    words: str = ""


class NetworkHealthRow(msgspec.Struct, frozen=True):
    """An ad network: how many leads it is to be told of, its dead letters, and when it last
    accepted something, as far as that is known."""

    name: str
    waiting: int
    dead: int
    last_well: datetime | None = None


class SourceHealthRow(msgspec.Struct, frozen=True):
    """A source: when its last lead came, how many came in the last 24 hours (None: not known), and
    whether it is silent for longer than its history makes likely. If no index counts leads, it is
    by whole hours (`HealthPicture.by_hours`), without deliveries that could not be read."""

    name: str
    last_at: datetime | None
    of_a_day: int | None
    is_silent: bool


class HealthPicture(msgspec.Struct, frozen=True, kw_only=True):
    """The state of an installation at a moment. `backlog` are the tasks of each step and channel
    that are not done; `late_since` is when the lead that is late for longest was due; `crm_times`
    are the last answers of CRMs, by the name of the source. `unscored` are how many of the newest
    leads went on without a score, because the model failed. `by_hours` is whether the leads of a
    day are counted by whole hours. `providers` are the figures of those that facts about leads are
    looked up at, of the last 30 days."""

    at: datetime
    last_capture: datetime | None
    backlog: Sequence[Backlog]
    on_hold: int
    late_since: datetime | None
    dead: int
    channels: Sequence[ChannelHealthRow]
    crms: Mapping[str, Backlog | None]
    sources: Sequence[SourceHealthRow]
    crm_times: Mapping[str, LastTimes] = {}
    unscored: int = 0
    networks: Sequence[NetworkHealthRow] = ()
    by_hours: bool = True
    providers: Sequence[msgspec.Struct] = ()

    @property
    def late(self) -> timedelta:
        """How late the lead is that is late for longest; zero if none is."""
        since = self.late_since
        return max(self.at - since, timedelta()) if since is not None else timedelta()

    @property
    def is_late(self) -> bool:
        """Whether leads are late in a way that is wrong."""
        return self.late >= LATE

    def oldest(self, one: Backlog) -> timedelta | None:
        """For how long the oldest task of a step has been due; None if none is."""
        return max(self.at - one.oldest_due_at, timedelta()) if one.oldest_due_at else None

    @property
    def troubles(self) -> int:
        """How many things are wrong."""
        failing = sum(one.state == "failing" for one in self.channels)
        silent = sum(one.is_silent for one in self.sources)
        return failing + silent + self.is_late + bool(self.dead) + bool(self.unscored)


def health_of(
    ledger: Ledger,
    now: datetime,
    channels: Sequence[str],
    crms: Sequence[str],
    arrivals: Sequence[Arrivals] | None,
    captured: Mapping[str, int] | None = None,
    networks: Sequence[str] = (),
    *,
    scores: bool = False,
) -> HealthPicture:
    """The state now. *channels*, *crms* and *networks* are the names in the settings; *arrivals* is
    what is counted of each source (None: nothing counts that, and it would cost to look), and
    *captured* how many leads each sent within `A_DAY` (None: no index says). *scores* is whether
    leads are scored."""
    newest = ledger.find(LeadFilter(events=True, limit=1))
    backlog = ledger.backlog(now)
    states = ledger.channels(channels)
    lately = lately_of(ledger)
    written = {one.channel: one for one in backlog if one.step is Step.WRITE_BACK}
    return HealthPicture(
        at=now,
        last_capture=newest[0].captured_at if newest else None,
        backlog=backlog,
        on_hold=len(ledger.on_hold()),
        late_since=ledger.untold_since(now),
        dead=sum(one.dead for one in backlog),
        channels=[
            _with_times(_channel(one, states.get(one, ChannelState()), now), states, lately)
            for one in channels
        ],
        crms={one: written.get(one) for one in crms},
        sources=[_counted(one, captured) for one in _sources(ledger, arrivals, now)],
        by_hours=captured is None,
        crm_times={one: lately.crms[one] for one in crms if one in lately.crms},
        unscored=unscored(ledger) if scores else 0,
        networks=list(_networks(networks, backlog, lately)),
    )


def _counted(row: SourceHealthRow, captured: Mapping[str, int] | None) -> SourceHealthRow:
    """A source with how many leads it sent within `A_DAY`, if that is known."""
    if captured is None:
        return row
    return msgspec.structs.replace(row, of_a_day=captured.get(row.name, 0))


def unscored(ledger: Ledger) -> int:
    """How many of the newest leads went on without a score because the model failed."""
    return sum(row.unscored for row in ledger.find(LeadFilter(limit=_NEWEST)))


def _networks(
    names: Sequence[str], backlog: Sequence[Backlog], lately: Lately
) -> Iterator[NetworkHealthRow]:
    tasks = {one.channel: one for one in backlog if one.step is Step.PUSH}
    for name in names:
        one = tasks.get(name)
        waiting, dead = (one.waiting + one.leased, one.dead) if one else (0, 0)
        yield NetworkHealthRow(name, waiting, dead, lately.networks.get(name))


def _with_times(
    row: ChannelHealthRow, states: Mapping[str, ChannelState], lately: Lately
) -> ChannelHealthRow:
    """The state of a channel, with when it was last well. Where messages are not read, a channel
    whose last attempt did not fail was well when it last reserved its turn."""
    well = lately.channels.get(row.name)
    state = states.get(row.name)
    if well is None and state is not None and row.state == "working":
        well = state.free_at
    words = lately.failures.get(row.name, "") if row.state != "working" else ""
    return msgspec.structs.replace(row, last_well=well, words=words)


def _channel(name: str, state: ChannelState, now: datetime) -> ChannelHealthRow:
    if state.failures >= MOST_FAILURES:
        return ChannelHealthRow(name, "failing", state.failures, state.since, state.free_at)
    if state.free_at is not None and state.free_at > now + _PAUSE:
        return ChannelHealthRow(name, "paused", state.failures, state.since, state.free_at)
    word = "trying" if state.failures else "working"
    return ChannelHealthRow(name, word, state.failures, state.since)


def _sources(
    ledger: Ledger, arrivals: Sequence[Arrivals] | None, now: datetime
) -> Iterator[SourceHealthRow]:
    """Every source that has sent an event; those whose leads are not counted yet are looked up."""
    counted = {one.source: one for one in arrivals or ()}
    for name in sorted({one.source for one in ledger.tallies()} | set(counted)):
        if (one := counted.get(name)) is not None:
            yield _source(one, now)
            continue
        if arrivals is None:
            yield SourceHealthRow(name, None, None, is_silent=False)
            continue
        newest = ledger.find(LeadFilter(source=name, limit=1))
        of_a_day = LeadFilter(source=name, since=now - A_DAY)
        last = newest[0].captured_at if newest else None
        yield SourceHealthRow(name, last, ledger.count(of_a_day, _MOST_COUNTED), is_silent=False)


def _source(one: Arrivals, now: datetime) -> SourceHealthRow:
    begin = (now - A_DAY).timestamp() // 3600
    count = sum(leads for hour, leads in one.leads.items() if hour > begin)
    return SourceHealthRow(one.source, one.last_at, count, one.is_silent)
