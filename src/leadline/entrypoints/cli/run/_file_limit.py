"""The limit on the size of files (`ulimit -f`), which stops writing while the disk has space."""

import sys
from pathlib import Path

LEAST = 64 << 20
"""The bytes by which the largest file must be able to grow."""


def words_of_file_limit(folder: Path, pid: int | None) -> str:
    """What keeps files of the data folder from growing by `LEAST`, in words; "" if nothing does.

    The limit is that of the server with the process id *pid*, where the system tells it; of this
    process, for the server that would be started beside it, if *pid* is None.
    """
    most = _limit(pid)
    if most is None:
        return ""
    largest = max((path.stat().st_size for path in folder.iterdir() if path.is_file()), default=0)
    if largest + LEAST <= most:
        return ""
    whose = "of the server" if pid else "here"
    return (
        f"no file {whose} may be larger than {most:,} bytes (ulimit -f), and the largest has "
        f"{largest:,}: start `leadline serve` with `ulimit -f unlimited`"
    )


def _limit(pid: int | None) -> int | None:
    """The limit in bytes; None if there is none, or it is not known."""
    if sys.platform == "win32":
        return None
    import resource  # Windows has none

    try:
        if pid is None:
            soft = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
        elif sys.platform == "linux":
            soft = resource.prlimit(pid, resource.RLIMIT_FSIZE)[0]
        else:
            return None
    except OSError:  # it has ended, or belongs to another user
        return None
    return None if soft == resource.RLIM_INFINITY else soft
