"""The machine of an embedded installation: its disk, its server, and its versions."""

import platform
import shutil

import msgspec
from starlette.requests import Request

from leadline import __version__
from leadline.entrypoints.dashboard.dashboard import dashboard_of
from leadline.installations.data_folder import is_served
from leadline.installations.embedded import Embedded

LEAST_FREE = 200 << 20
"""The free bytes of the disk below which something is wrong."""


class Machine(msgspec.Struct, frozen=True):
    """Where the data is, the free bytes and all bytes of its disk, and whether a server runs (None:
    this user may not know)."""

    data: str
    free: int
    total: int
    is_running: bool | None

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
    return Machine(str(folder), disk.free, disk.total, is_served(folder))


def versions() -> dict[str, str]:
    """The versions of what runs the dashboard."""
    return {
        "Leadline": __version__,
        "Python": platform.python_version(),
        "System": platform.system(),
    }
