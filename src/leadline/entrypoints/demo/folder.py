"""The data folder of a demo: emptied at the start, and never shared with another demo."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leadline.model.errors import ConfigurationError
from leadline.model.rights import make_folder, open_file

USUAL = Path("demo-data")
_LOCK = "demo.lock"
_MOST_DEMOS = 100


@contextmanager
def demo_folder(wanted: Path | None = None) -> Iterator[Path]:
    """An empty folder that belongs to this demo until the end; without *wanted* the first free one
    of `demo-data`, `demo-data-2` and so on. What an earlier demo left there is deleted.

    Raises ConfigurationError if *wanted* belongs to a running demo, or holds anything that no demo
    wrote.
    """
    further = (USUAL.with_name(f"{USUAL.name}-{n}") for n in range(2, _MOST_DEMOS))
    reasons = []
    for folder in (USUAL, *further) if wanted is None else (wanted,):
        taken = _take(folder)
        if isinstance(taken, int):
            try:
                _empty(folder)
                yield folder
            finally:
                os.close(taken)
            return
        reasons.append(taken)
    raise ConfigurationError(reasons[0])


def _take(folder: Path) -> int | str:
    """The descriptor that holds the folder's lock, or why the folder is not free."""
    lock = folder / _LOCK
    if folder.exists() and not (folder.is_dir() and (lock.is_file() or not any(folder.iterdir()))):
        return f"{folder} is not the folder of a demo, and is left as it is: name another"
    make_folder(folder)
    handle = open_file(lock, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return f"another demo runs in {folder}: name another folder"
    return handle


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name == _LOCK:
            continue  # it is held, and its name must not pass to another demo's file
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
