"""What the running server of a data folder works with, for commands beside it.

The server writes it to the file `serving.json`. Nothing in it is secret.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from leadline.model.rights import write_file
from leadline.settings.comparing import for_leads, unequal
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.file.locking import is_served

_FILE = "serving.json"
LEASES_NOTED_S = 60.0
"""So often the server notes the last leases of its workers, if there were any."""


class ServingProcess(msgspec.Struct, frozen=True):
    """A child process of a running server: its role ("http", "refine-1", "notify", "dashboard"),
    its process id, and since when it runs. Of a worker also when it last leased tasks and of which
    step, as far as that is noted (`LEASES_NOTED_S`)."""

    role: str
    pid: int
    since: datetime
    leased_at: datetime | None = None
    leased: str = ""


class Serving(msgspec.Struct, frozen=True):
    """The process id of a running server, and its settings: fingerprints of those that are not
    secret (`settings.comparing`), the usual delay, and the delays of sources that have their own,
    in seconds. `processes` are its children; servers of earlier versions do not say."""

    pid: int
    settings: dict[str, str]
    delay: float
    delays: dict[str, float]
    processes: tuple[ServingProcess, ...] = ()

    def delay_of(self, source: str) -> timedelta:
        """How long a lead of this source waits."""
        return timedelta(seconds=self.delays.get(source, self.delay))


def note_serving(settings: Settings, pid: int, processes: tuple[ServingProcess, ...] = ()) -> None:
    """Write what the server with this process id works with; raises OSError."""
    own = {n: c.delay.total_seconds() for n, c in settings.sources.items() if c.delay is not None}
    delay = settings.delay.total_seconds()
    serving = Serving(pid, for_leads(settings), delay, own, processes)
    write_file(settings.data / _FILE, msgspec.json.encode(serving), settings.rights)


def forget_serving(folder: Path) -> None:
    """Remove what was written, when the server ends."""
    with suppress(OSError):
        (folder / _FILE).unlink(missing_ok=True)


def serving(folder: Path) -> Serving | None:
    """What the running server works with; None if none runs, or it has not said."""
    if not is_served(folder):
        return None
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=Serving)
    except (OSError, msgspec.DecodeError):
        return None


def other_settings(settings: Settings) -> tuple[str, ...]:
    """The names of the settings that the running server has otherwise; empty without a server."""
    running = serving(settings.data)
    return () if running is None else unequal(running.settings, for_leads(settings))
