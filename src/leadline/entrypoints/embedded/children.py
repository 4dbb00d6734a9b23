"""Child processes of `serve`.

A child gets its settings through its standard input, which then stays open: when the parent dies,
even by SIGKILL, the child reads the end of the stream and shuts down in order.
"""

import gc
import logging
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from typing import IO, Any

from leadline.entrypoints.logs import configure
from leadline.settings.top.general import Settings

log = logging.getLogger(__name__)

TimedOut = subprocess.TimeoutExpired

_STDIN = 0
_STOPPING: tuple[int, ...] = (signal.SIGTERM, signal.SIGINT)
_LENGTH = struct.Struct("!I")

RENEWED = "renewed"
"""An argument of the HTTP process that replaces another one: it opens the data folder before it
accepts connections, so that nobody hears 503 meanwhile."""
BAD_CONFIGURATION = 78
"""The exit code of a child that cannot run with these settings (EX_CONFIG in sysexits.h)."""
SYNC_FAILED = 74
"""The exit code of a process that noticed that a sync of the database failed (EX_IOERR)."""


Child = subprocess.Popen[bytes]


def start(
    module: str,
    settings: Settings,
    *arguments: str,
    keep: tuple[int, ...] = (),
    log: IO[str] | None = None,
) -> Child:
    """Start `python -m module arguments` with these settings. The child inherits the file
    descriptors in *keep*; its standard error goes to *log*."""
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        pass_fds=keep,
        stderr=log,
        start_new_session=True,  # Ctrl-C reaches only the parent, which stops its children
    )
    assert process.stdin is not None  # noqa: S101
    message = pickle.dumps(settings)
    process.stdin.write(_LENGTH.pack(len(message)) + message)
    process.stdin.flush()
    return process


def settings_from_parent(stop: Callable[[], None]) -> Settings:
    """The settings that the parent sent; *stop* is called when the parent has died."""
    settings = _read()
    configure(settings.log_level, settings.log_format)
    threading.Thread(target=_watch, args=(stop,), name="lifeline", daemon=True).start()
    return settings


def stop_on_signal(stop: Callable[[], None], hang_up: Callable[[], None] | None = None) -> None:
    """Call *stop* on SIGTERM and SIGINT, and *hang_up* on SIGHUP if it is given, in a thread of its
    own.

    Python runs signal handlers in the main thread between two bytecodes. If that thread is about
    to wait for an event, it holds the event's lock, and a handler that sets the event would
    deadlock. So the interpreter's C handler writes the signal numbers to a pipe.
    """
    numbers, written = os.pipe()
    os.set_blocking(written, False)
    signal.set_wakeup_fd(written, warn_on_full_buffer=False)
    calls = dict.fromkeys(_STOPPING, stop)
    if hang_up is not None:
        calls[signal.SIGHUP] = hang_up
    for number in calls:
        signal.signal(number, _noted)
    arguments = (numbers, calls)
    threading.Thread(target=_await_signals, args=arguments, name="signals", daemon=True).start()


def _noted(_number: int, _frame: Any) -> None:
    """Do nothing, since C has written the number; without a handler the process would end."""


def _await_signals(numbers: int, calls: Mapping[int, Callable[[], None]]) -> None:
    while number := os.read(numbers, 1):
        if (call := calls.get(number[0])) is not None:
            call()


def _read() -> Settings:
    (length,) = _LENGTH.unpack(_exactly(_LENGTH.size))
    # Written by our parent, over a private pipe.
    settings = pickle.loads(_exactly(length))  # noqa: S301
    assert isinstance(settings, Settings)  # noqa: S101
    return settings


def _exactly(length: int) -> bytes:
    """Read *length* bytes from standard input, unbuffered: a thread will be in the next read when
    the interpreter ends, and must not hold the lock of a buffer then."""
    read = b""
    while len(read) < length:
        chunk = os.read(_STDIN, length - len(read))
        if not chunk:
            sys.exit("the parent died before it sent the settings")
        read += chunk
    return read


def _watch(stop: Callable[[], None]) -> None:
    while os.read(_STDIN, 1):
        pass
    log.warning("parent.gone", extra={"pid": os.getpid()})
    stop()


def collect_seldom() -> None:
    """Leave what is loaded out of garbage collections, and do them seldom. A worker keeps in memory
    which leads are under which keys; to look through that took a tenth of refinement's CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
