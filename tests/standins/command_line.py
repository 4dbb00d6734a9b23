"""The command line for tests: each command in a process of its own, forked from one that has loaded
Leadline, so that it need not load it again.

    run(words, environment, folder)           # as `leadline WORDS` in a shell
    started(words, environment, folder, log) # as `leadline WORDS 2>> LOG &`, for `serve`
"""

import atexit
import gc
import importlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from leadline.model import ids
from tests.standins.adoption import Adopted, adopting, orphan

MODULE = "leadline.entrypoints.cli"
PATIENCE_S = 300
LOADED_LATE = (
    "leadline.stores.sqlite.store",
    "leadline.stores.sqlite.reading.ledger",
    "typer._adapters",
)
"""What most commands load only when they run, and typer where it is installed."""
ROOM = " " * 1000
"""For the words of commands that are longer than those of the process that is forked."""


class ForkedCommand(msgspec.Struct):
    """A command to run; its output goes to files of these names."""

    words: list[str]
    environment: dict[str, str]
    folder: str
    umask: int
    out: str
    err: str
    serves: bool = False
    """Whether it is `serve`, which runs on, and starts children."""


def run(
    words: Sequence[str], environment: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """What the command says, and its exit code; raises TimeoutExpired after `PATIENCE_S`.

    Python starts anew where the environment has a word for Python itself, or a command is running.
    """
    if (loaded := _idle(environment)) is None:
        command = [sys.executable, "-m", MODULE, *words]
        return subprocess.run(
            command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=PATIENCE_S,
        )  # fmt: skip
    try:
        return _forked(loaded, words, environment, folder)
    finally:
        loaded.turn.release()


def started(
    words: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
) -> subprocess.Popen[bytes] | Adopted:
    """The process of `leadline serve`, which appends to *log* all that it says.

    Python starts anew where it does for `run`, and on systems other than Linux.
    """
    loaded = _idle(environment) if sys.platform == "linux" else None
    if loaded is None:
        command = [sys.executable, "-m", MODULE, *words]
        with log.open("ab") as file:
            return subprocess.Popen(command, env=environment, cwd=folder, stdout=file, stderr=file)
    told = str(log.absolute())
    request = ForkedCommand([*words], {**environment}, str(folder), _umask(), told, told, True)
    try:
        with adopting():
            return Adopted(loaded.ask(request))
    finally:
        loaded.turn.release()


def _idle(environment: Mapping[str, str]) -> "_Loaded | None":
    """The process to fork, whose turn has been taken; None if Python has to start anew."""
    is_same = all(os.environ.get(k) == v for k, v in environment.items() if k.startswith("PYTHON"))
    if is_same and (loaded := _loaded()).turn.acquire(blocking=False):
        return loaded
    return None


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _forked(
    loaded: "_Loaded", words: Sequence[str], environment: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory(prefix="leadline-") as name:
        out, err = Path(name, "out"), Path(name, "err")
        code = loaded.ask(
            ForkedCommand([*words], {**environment}, str(folder), _umask(), str(out), str(err))
        )
        if code == -signal.SIGALRM:
            raise subprocess.TimeoutExpired([*words], PATIENCE_S)
        return subprocess.CompletedProcess([*words], code, out.read_text(), err.read_text())


class _Loaded:
    """The process that has loaded the command line. Who has its *turn* may ask it."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import serve; serve()", ROOM],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        atexit.register(self._end)

    def ask(self, request: ForkedCommand) -> int:
        """The exit code of a command; that of a signal is negative. Of `serve`, the process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(request) + b"\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def _end(self) -> None:
        self._process.communicate()


@cache
def _loaded() -> _Loaded:
    return _Loaded()


def serve() -> None:
    """In the process that is forked: run the command of each line of standard input, and answer
    with its exit code, or its process id if it serves."""
    from leadline.entrypoints.cli import app, main
    from tests.standins import forked_server

    assert app  # which has loaded all commands
    for name in (*LOADED_LATE, *forked_server.LOADED_LATE):
        importlib.import_module(name)
    gc.freeze()
    decoder = msgspec.json.Decoder(ForkedCommand)
    for line in sys.stdin.buffer:
        request = decoder.decode(line)
        child = orphan(["-m", MODULE, *request.words]) if request.serves else os.fork()
        if not child:
            _become(request)
            if request.serves:
                forked_server.forks_its_children()
            main()
            return
        if not request.serves:
            child = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(1, b"%d\n" % child)


def _become(request: ForkedCommand) -> None:
    """Make this process what a shell would have made for the command."""
    ids._fast.seed()  # each process makes ids of its own
    if not request.serves:
        signal.alarm(PATIENCE_S)
    os.umask(request.umask)
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    sys.argv = ["leadline", *request.words]
    writing = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    for number, name, how in (
        (0, os.devnull, os.O_RDONLY), (1, request.out, writing), (2, request.err, writing)
    ):  # fmt: skip
        opened = os.open(name, how, 0o600)
        os.dup2(opened, number)
        os.close(opened)
