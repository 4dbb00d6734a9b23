"""How `serve` speaks to its child processes.

A child gets its settings through its standard input, which then stays open: when the parent dies,
however suddenly, the child reads the end of it and stops in order.
"""

import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, BinaryIO

from leadline.logs import configure
from leadline.settings import Settings

log = logging.getLogger(__name__)

TimedOut = subprocess.TimeoutExpired

BAD_CONFIGURATION = 78
"""The exit code of a child that could never run with these settings (EX_CONFIG of sysexits.h)."""


Child = subprocess.Popen[bytes]


def start(module: str, settings: Settings, *arguments: str, keep: tuple[int, ...] = ()) -> Child:
    """Start `python -m module arguments` with these settings; *keep* are inherited files."""
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        pass_fds=keep,
        start_new_session=True,  # Ctrl-C goes to the parent, which tells us
    )
    assert process.stdin is not None  # noqa: S101
    pickle.dump(settings, process.stdin)
    process.stdin.flush()
    return process


def settings_from_parent(stop: Callable[[], None]) -> Settings:
    """The settings that the parent sent; *stop* is called when the parent is gone or sends
    SIGTERM."""
    settings = _read(sys.stdin.buffer)
    configure(settings.log_level, settings.log_format)
    threading.Thread(target=_watch, args=(stop,), name="lifeline", daemon=True).start()
    return settings


def stop_on_signal(stop: Callable[[], None]) -> None:
    """Call *stop* on SIGTERM and SIGINT."""

    def handle(_number: int, _frame: Any) -> None:
        stop()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def _read(stream: BinaryIO) -> Settings:
    settings = pickle.load(stream)  # noqa: S301 - written by our parent, over a private pipe
    assert isinstance(settings, Settings)  # noqa: S101
    return settings


def _watch(stop: Callable[[], None]) -> None:
    while sys.stdin.buffer.read(1):
        pass
    log.warning("parent.gone", extra={"pid": os.getpid()})
    stop()
