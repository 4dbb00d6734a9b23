"""The state of an embedded installation: what waits, what is late, and what is wrong."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from leadline import __version__, wiring
from leadline.alerts.circuit import FAILURES
from leadline.entrypoints.cli._show import ago, when
from leadline.entrypoints.cli.run._file_limit import words_of_file_limit
from leadline.installations import leads_index
from leadline.installations.data_folder import has_failed_sync, is_served, refuse_if_moved
from leadline.installations.serving import serving
from leadline.model.errors import ConfigurationError
from leadline.model.task import Step
from leadline.ports.reading.ledger import Backlog, DeadGroup, LeadFilter
from leadline.ports.reading.listing import ChannelState
from leadline.ports.reading.questions import Behind
from leadline.settings.top.general import Settings

LATE = timedelta(minutes=5)
"""From this time on it counts as wrong that a lead is late: workers take a due lead at once, and a
failing channel is tried again within a minute."""
LEAST_FREE = 200 << 20
"""The free bytes of the disk below which `status` and `doctor` say that something is wrong."""
_PAUSE = timedelta(seconds=5)
"""A channel that is reserved for longer than this is paused, rather than kept to its pace."""

Check = tuple[str, str, str]
"""The state ("ok", "note" or "WRONG"), what was looked at, and what was found."""


class State(msgspec.Struct, frozen=True):
    """The state of an embedded installation at one time.

    `running` is whether a server has the data folder (None: this user may not know). `backlog` are
    the numbers of tasks, `on_hold` of them the leads on hold. `late_since` is when the lead that is
    late for longest was due. `trouble` is what else is wrong with the data folder.
    `index` is how far the index of leads is behind.
    """

    version: str
    data: str
    at: datetime
    running: bool | None
    last_capture: datetime | None
    backlog: Sequence[Backlog]
    on_hold: int
    late_since: datetime | None
    dead: Sequence[DeadGroup]
    channels: Mapping[str, ChannelState]
    used_bytes: int
    free_bytes: int
    trouble: tuple[str, ...] = ()
    index: Behind = Behind()


def installation_state(settings: Settings) -> State:
    """The state now, without changing anything. Raises ConfigurationError if there is no data."""
    folder, now = settings.data.absolute(), datetime.now(UTC)
    names = tuple(wiring.channels_on_demand(settings))
    with closing(wiring.ledger(settings)) as ledger:
        newest = ledger.find(LeadFilter(events=True, limit=1))
        known = ledger.channels(names)
        return State(
            version=__version__,
            data=str(folder),
            at=now,
            running=is_served(folder),
            last_capture=newest[0].captured_at if newest else None,
            backlog=ledger.backlog(now),
            on_hold=len(ledger.on_hold()),
            late_since=ledger.untold_since(now),
            dead=ledger.dead(),
            channels={name: known.get(name, ChannelState()) for name in names},
            used_bytes=_size_of(folder),
            free_bytes=shutil.disk_usage(folder).free,
            trouble=tuple(_trouble(folder)),
            index=leads_index.index_behind(settings, now),
        )


def _size_of(folder: Path) -> int:
    """The bytes of all files in a folder; a file that vanishes meanwhile counts as none."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def _trouble(folder: Path) -> Iterator[str]:
    running = serving(folder)
    if words := words_of_file_limit(folder, running.pid if running else None):
        yield words
    if has_failed_sync(folder):
        yield "a sync of the database failed; check the disk and start `leadline serve` again"
    try:
        refuse_if_moved(folder)
    except ConfigurationError as error:
        yield error.detail


def checks_of(state: State) -> list[Check]:
    """What the state means, line by line."""
    return [
        _check_server(state),
        ("ok", "last capture", _last_capture(state)),
        ("ok", "waiting", _waiting(state)),
        _check_late(state),
        *_check_channels(state),
        _check_dead(state),
        _check_index(state.index),
        _check_disk(state),
        *(("WRONG", "data folder", words) for words in state.trouble),
    ]


def _check_server(state: State) -> Check:
    due = sum(one.due for one in state.backlog)
    if state.running:
        return "ok", "server", "running"
    if state.running is None:
        return "note", "server", "not known: ask as the user of `leadline serve`"
    if due:
        tasks = "a task is" if due == 1 else f"{due:,} tasks are"
        return "WRONG", "server", f"not running, and {tasks} due: start `leadline serve`"
    return "note", "server", "not running: no leads are captured until `leadline serve` starts"


def _last_capture(state: State) -> str:
    at = state.last_capture
    return "never" if at is None else f"{ago(at, state.at)}, at {when(at)}"


def _waiting(state: State) -> str:
    left: dict[str, int] = {"leads": 0, "alerts": 0, "later steps": 0}
    for one in state.backlog:
        kind = {Step.REFINE: "leads", Step.NOTIFY: "alerts"}.get(one.step, "later steps")
        left[kind] += one.waiting + one.leased
    held = f" ({state.on_hold:,} on hold)" if state.on_hold else ""
    words = [f"{left['leads']:,} leads{held}", f"{left['alerts']:,} alerts"]
    return ", ".join([*words, f"{left['later steps']:,} later steps"])


def _check_late(state: State) -> Check:
    since = state.late_since
    if since is None or since > state.at:
        return "ok", "late", "nothing"
    is_wrong = state.at - since >= LATE
    words = f"a lead is refined or alerted too late: it was due {ago(since, state.at)}"
    return "WRONG" if is_wrong else "note", "late", f"{words}, at {when(since)}"


def _check_channels(state: State) -> Iterator[Check]:
    if not state.channels:
        yield "note", "channels", "none is set, so nobody is alerted"
    for name, channel in state.channels.items():
        what = f"channel {name}"
        tried = f"{channel.failures:,} attempts in a row failed, since {when(channel.since)}"
        if channel.failures >= FAILURES:
            yield "WRONG", what, f"failing: {tried}"
        elif channel.free_at is not None and channel.free_at > state.at + _PAUSE:
            yield "note", what, f"paused until {when(channel.free_at)}"
        elif dead := _dead_messages(state, name):
            messages = (
                "1 message is a dead letter" if dead == 1 else f"{dead:,} messages are dead letters"
            )
            yield "note", what, f"not failing, but {messages}"
        else:
            yield "ok", what, f"working; {tried}" if channel.failures else "working"


def _dead_messages(state: State, channel: str) -> int:
    """How many messages of a channel are dead letters."""
    return sum(
        one.dead
        for one in state.backlog
        if one.channel == channel and one.step is not Step.WRITE_BACK
    )


def _check_dead(state: State) -> Check:
    if not state.dead:
        return "ok", "dead letters", "none"
    number = sum(group.count for group in state.dead)
    reasons = ", ".join(f"{group.count:,} {group.reason}" for group in state.dead)
    return "WRONG", "dead letters", f"{number:,} ({reasons}); `leadline dead` lists them"


def _check_index(behind: Behind) -> Check:
    if behind.is_current:
        return "ok", "index of leads", "current"
    leads = "1 lead" if behind.leads == 1 else f"{behind.leads:,} leads"
    if behind.building:
        return "note", "index of leads", f"being made: {leads} left, searches are slower until then"
    return "ok", "index of leads", f"{leads} behind"


def _check_disk(state: State) -> Check:
    is_full = state.free_bytes < LEAST_FREE
    words = f"{_bytes(state.used_bytes)} used in {state.data}, {_bytes(state.free_bytes)} free"
    return "WRONG" if is_full else "ok", "disk", words


def _bytes(number: int) -> str:
    size, unit = float(number), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"
