"""Whether everything works: queues, channels, CRMs and sources, for the page HEALTH.

Nothing of a lead's person is in it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.model.monitoring.arrivals import Arrivals
from leadline.model.task import Step, TaskKind
from leadline.operations.lists.standing import MOST_TASKS_ON_AWS, waiting_tasks
from leadline.operations.watching.lately import LastTimes, Lately, lately_of
from leadline.ports.reading.ledger import Backlog, LeadFilter, Ledger
from leadline.ports.reading.listing import ChannelState

LATE = timedelta(minutes=5)
"""From this time on it counts as wrong that a lead is late (as in `leadline status`)."""
MOST_FAILURES = 3
"""From this number of failures in a row on a channel is paused (`alerts.circuit`)."""
_PAUSE = timedelta(seconds=5)
A_DAY = timedelta(days=1)
"""For how long back the leads of each source are counted."""
_MOST_COUNTED = 10_000
_MOST_ROWS, _OF_LATE = 200, timedelta(days=30)
"""How many of the newest leads, of which time, tell there when sources last sent a lead."""
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


class ExperimentHealthRow(msgspec.Struct, frozen=True):
    """An experiment that runs and does harm, or is not valid: its verdict, what is said of it, and
    since when that is known."""

    name: str
    verdict: str
    says: str
    since: datetime


class HealthPicture(msgspec.Struct, frozen=True, kw_only=True):
    """The state of an installation at a moment. `backlog` are the tasks of each step and channel
    that are not done; `late_since` is when the lead that is late for longest was due; `crm_times`
    are the last answers of CRMs, by the name of the source. `unscored` are how many of the newest
    leads went on without a score, because the model failed. `by_hours` is whether the leads of a
    day are counted by whole hours. `counted_to` is up to about how many tasks of a kind were
    counted, if there are more. `providers` are the figures of those that facts about leads are
    looked up at, of the last 30 days. `experiments` are those that run and do harm, or are not
    valid."""

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
    counted_to: int | None = None
    providers: Sequence[msgspec.Struct] = ()
    experiments: Sequence[ExperimentHealthRow] = ()

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
        told = bool(self.dead) + bool(self.unscored) + len(self.experiments)
        return failing + silent + self.is_late + told


class HealthNames(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings name: channels, CRMs, ad networks and sources, the kinds of tasks that
    there can be, and whether leads are scored."""

    channels: Sequence[str] = ()
    crms: Sequence[str] = ()
    networks: Sequence[str] = ()
    sources: Sequence[str] = ()
    kinds: Sequence[TaskKind] = ()
    scores: bool = False


def health_of(
    ledger: Ledger,
    now: datetime,
    names: HealthNames,
    arrivals: Sequence[Arrivals] | None,
    captured: Mapping[str, int] | None = None,
    most: int = MOST_TASKS_ON_AWS,
) -> HealthPicture:
    """The state now. *arrivals* is what is counted of each source (None: nothing counts that; then
    those of the settings and of the newest leads are shown), and *captured* how many leads each
    sent within `A_DAY` (None: no index says). About *most* tasks of a kind are counted."""
    newest = ledger.find(LeadFilter(events=True, limit=1))
    standing = waiting_tasks(ledger, now, names.kinds, most)
    backlog = standing.backlog
    states = ledger.channels(names.channels)
    lately = lately_of(ledger)
    written = {one.channel: one for one in backlog if one.step is Step.WRITE_BACK}
    return HealthPicture(
        at=now,
        last_capture=newest[0].captured_at if newest else None,
        backlog=backlog,
        on_hold=standing.on_hold,
        late_since=standing.late_since,
        counted_to=most if standing.is_cut else None,
        dead=sum(one.dead for one in backlog),
        channels=[
            _with_times(_channel(one, states.get(one, ChannelState()), now), states, lately)
            for one in names.channels
        ],
        crms={one: written.get(one) for one in names.crms},
        sources=list(_sources(ledger, arrivals, names.sources, now, captured)),
        by_hours=captured is None and arrivals is not None,
        crm_times={one: lately.crms[one] for one in names.crms if one in lately.crms},
        unscored=unscored(ledger) if names.scores else 0,
        networks=list(_networks(names.networks, backlog, lately)),
    )


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
    ledger: Ledger,
    arrivals: Sequence[Arrivals] | None,
    named: Sequence[str],
    now: datetime,
    captured: Mapping[str, int] | None,
) -> Iterator[SourceHealthRow]:
    """Every source that has sent an event; those whose leads are not counted yet are looked up.
    *captured* is how many leads each sent within `A_DAY`, if an index says so."""
    counted = {one.source: one for one in arrivals or ()}
    if arrivals is None:
        rows = _sources_of_newest(ledger, named, now)
    else:
        names = sorted({one.source for one in ledger.tallies()} | set(counted))
        rows = (
            _source(counted[name], now) if name in counted else _looked_up(ledger, name)
            for name in names
        )
    for row in rows:
        if captured is not None:
            row = msgspec.structs.replace(row, of_a_day=captured.get(row.name, 0))
        elif arrivals is not None and row.name not in counted:
            of_a_day = LeadFilter(source=row.name, since=now - A_DAY)
            number = ledger.count(of_a_day, _MOST_COUNTED)
            row = msgspec.structs.replace(row, of_a_day=number)
        yield row


def _looked_up(ledger: Ledger, name: str) -> SourceHealthRow:
    """A source with the time of its newest lead, and without a number."""
    newest = ledger.find(LeadFilter(source=name, limit=1))
    return SourceHealthRow(name, newest[0].captured_at if newest else None, None, is_silent=False)


def _sources_of_newest(
    ledger: Ledger, named: Sequence[str], now: datetime
) -> Iterator[SourceHealthRow]:
    """The sources that are named or sent one of the newest leads. How many leads came in a day is
    known if these reach back so far."""
    rows = list(ledger.each(LeadFilter(since=now - _OF_LATE, limit=_MOST_ROWS)))
    of_a_day = Counter(row.source for row in rows if row.captured_at >= now - A_DAY)
    is_whole = of_a_day.total() < _MOST_ROWS
    last: dict[str, datetime] = {}
    for row in rows:
        last[row.source] = max(row.captured_at, last.get(row.source, row.captured_at))
    for name in sorted({*named, *last}):
        number = of_a_day[name] if is_whole else None
        yield SourceHealthRow(name, last.get(name), number, is_silent=False)


def _source(one: Arrivals, now: datetime) -> SourceHealthRow:
    begin = (now - A_DAY).timestamp() // 3600
    count = sum(leads for hour, leads in one.leads.items() if hour > begin)
    return SourceHealthRow(one.source, one.last_at, count, one.is_silent)
