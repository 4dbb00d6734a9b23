"""The machine of an embedded installation: its disk, its server, and its versions."""

import os
import platform
import shutil
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import metadata

import msgspec
from starlette.requests import Request

from leadline import __version__
from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.installations.data_folder import is_served
from leadline.installations.embedded import Embedded
from leadline.installations.serving import ServingProcess, serving

_PARTS: Mapping[str, str] = {"SQLite (apsw)": "apsw", "Starlette": "starlette"}
LEAST_FREE = 200 << 20
"""The free bytes of the disk below which something is wrong."""


class ShownProcess(msgspec.Struct, frozen=True):
    """A process of the running server: its role, its id, since when it runs, and whether it is
    there still (None: this user may not know). Of a worker also when it last leased tasks and of
    which step, a minute late at most."""

    role: str
    pid: int
    since: datetime
    is_there: bool | None
    leased_at: datetime | None = None
    leased: str = ""


class Machine(msgspec.Struct, frozen=True):
    """Where the data is, the free bytes and all bytes of its disk, whether a server runs (None:
    this user may not know), and its processes."""

    data: str
    free: int
    total: int
    is_running: bool | None
    processes: tuple[ShownProcess, ...] = ()

    @property
    def is_full(self) -> bool:
        """Whether the disk is nearly full."""
        return self.free < LEAST_FREE


def is_stack(request: Request) -> bool:
    """Whether the leads are those of a stack on AWS, where what is read is paid for."""
    return not isinstance(dashboard_of(request).installation, Embedded)


def machine_of(request: Request) -> Machine | None:
    """The machine that keeps the leads; None for those of a stack. Call it in a thread."""
    if is_stack(request):
        return None
    folder = dashboard_of(request).settings.data.absolute()
    disk = shutil.disk_usage(folder)
    running = serving(folder)
    processes = tuple(map(_shown, running.processes)) if running is not None else ()
    return Machine(str(folder), disk.free, disk.total, is_served(folder), processes)


def _shown(one: ServingProcess) -> ShownProcess:
    try:
        os.kill(one.pid, 0)  # signal 0 only asks whether the process exists
    except ProcessLookupError:
        is_there: bool | None = False
    except OSError:
        is_there = None
    else:
        is_there = True
    return ShownProcess(one.role, one.pid, one.since, is_there, one.leased_at, one.leased)


def versions() -> dict[str, str]:
    """The versions of what runs the dashboard."""
    return {
        "Leadline": __version__,
        "Python": platform.python_version(),
        **{name: _version_of(package) for name, package in _PARTS.items()},
        "System": platform.system(),
    }


@cache
def _version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"
