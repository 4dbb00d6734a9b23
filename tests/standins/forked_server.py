"""`leadline serve` in a forked process, whose children are forked too.

Its supervisor starts a child by `children.start`. Here that asks a process which was forked before
the supervisor had a thread or a database, and which forks the child for it.
"""

import importlib
import os
import pickle
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from fcntl import F_DUPFD, fcntl
from typing import IO, Any

import msgspec

from leadline.entrypoints.embedded import children
from leadline.model import ids
from leadline.settings.top.general import Settings
from tests.standins.adoption import Adopted, adopting, be_called, orphan

LOADED_LATE = (
    "leadline.entrypoints.embedded.http_process",
    "leadline.entrypoints.embedded.worker_process",
    "leadline.stores.sqlite.store",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
)
"""What a server and its children load, but no command."""
_LONGEST = 1 << 16
_ABOVE = 100
"""A file descriptor that is greater than any that a child is to have."""


class Wanted(msgspec.Struct):
    """A child to fork: `python -m module arguments`, with the file descriptors that come along
    under these numbers."""

    module: str
    arguments: list[str]
    numbers: list[int]


def forks_its_children() -> None:
    """Let the supervisor of this process, which is still to be made, have forked children."""
    asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if not os.fork():
        asking.close()
        _nurse(asked)
    asked.close()

    def start(
        module: str,
        settings: Settings,
        *arguments: str,
        keep: tuple[int, ...] = (),
        log: IO[str] | None = None,
    ) -> Any:
        return _started(asking, Wanted(module, [*arguments], [0, 2, *keep]), settings, log)

    children.start = start


def _started(
    asking: socket.socket, wanted: Wanted, settings: Settings, log: IO[str] | None
) -> Adopted:
    """What `children.start` does, but for the fork."""
    theirs, ours = os.pipe()
    files = [theirs, 2 if log is None else log.fileno(), *wanted.numbers[2:]]
    with adopting():
        socket.send_fds(asking, [msgspec.json.encode(wanted)], files)
        pid = int(asking.recv(_LONGEST))
    os.close(theirs)
    child = Adopted(pid, os.fdopen(ours, "wb"))
    assert child.stdin is not None
    message = pickle.dumps(settings)
    child.stdin.write(struct.pack("!I", len(message)) + message)
    child.stdin.flush()
    return child


def _nurse(asked: socket.socket) -> None:
    """Fork a child for each request, until nobody can ask any more. Returns in no process."""
    be_called(["-c", "forks the children of a server"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        message, files, _, _ = socket.recv_fds(asked, _LONGEST, 16)
        if not message:
            os._exit(0)
        wanted = msgspec.json.decode(message, type=Wanted)
        if not (pid := orphan(["-m", wanted.module, *wanted.arguments])):
            _be(wanted, files)
        asked.send(b"%d" % pid)
        for file in files:
            os.close(file)


def _be(wanted: Wanted, files: Sequence[int]) -> None:
    """Be the child: run its module, and end."""
    ids._fast.seed()  # each process makes ids of its own
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    moved = [fcntl(file, F_DUPFD, _ABOVE) for file in files]
    for file, number in zip(moved, wanted.numbers, strict=True):
        os.dup2(file, number)
    before = 2
    for number in sorted({*wanted.numbers, 1, 2} - {0}):
        os.closerange(before + 1, number)
        before = max(before, number)
    os.closerange(before + 1, os.sysconf("SC_OPEN_MAX"))
    sys.argv = [wanted.module, *wanted.arguments]
    importlib.import_module(wanted.module).main()
    sys.exit()
