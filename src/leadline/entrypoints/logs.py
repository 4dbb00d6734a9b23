"""Log lines: one per attempt, with the name of an event, ids and figures, and no personal data.

Texts that could quote a lead are not written. Of `extra`, only the keys in `ALLOWED` are written,
shortened, on one line and without e-mail addresses. Our own lines have names like `refine.done`;
other messages are not written, and neither are those of libraries, which may contain anything. Of
an exception, its type and the place where it was raised are written; its text only if it is a
LeadlineError.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, TextIO

import msgspec

from leadline.model.errors import LeadlineError
from leadline.model.texts.patterns import late

# fmt: off
ALLOWED = frozenset({
    "lead", "source", "step", "attempt", "late_s", "channel", "reason", "status", "error",
    "count", "kind", "document", "early_s", "provider",
    "seconds", "role", "pid", "port", "bytes", "version", "path", "request",
    "folders", "files", "network", "sender", "data", "settings", "delay_s", "channels", "trouble",
    "sources", "bare", "public", "url", "issuer", "data_key",
})
"""The keys of `extra` that are written."""
# fmt: on

_always: dict[str, str] = {}

_OWN = __name__.partition(".")[0]
_EVENT = late(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_HARMLESS = late(r"[\w.:/ -]{0,200}", re.ASCII)
_ADDRESS = late(r"[^\s@]*@[^\s@]*")
_BREAKING = late("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LONGEST = 200
_MOST_FRAMES = 12
_MOST_CAUSES = 5


def _fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """The fields of a record that may be written, in their order."""
    second, part = divmod(record.created, 1)
    at = f"{_second(int(second))}.{int(part * 1000):03}Z"
    data: dict[str, Any] = {"time": at, "level": record.levelname.lower(), "event": ""}
    data |= _named(record)
    data |= _always
    for key, value in vars(record).items():
        if key in ALLOWED:
            data[key] = _safe(value)
    if record.exc_info and record.exc_info[1] is not None:
        data |= _exception(record.exc_info[1])
    return data


@lru_cache(4)
def _second(at: int) -> str:
    """A time in whole seconds, in UTC. Many lines are written in the same second."""
    return datetime.fromtimestamp(at, UTC).isoformat()[:19]


@lru_cache(512)
def _is_event(text: str) -> bool:
    return _EVENT.fullmatch(text) is not None


def _named(record: logging.LogRecord) -> dict[str, Any]:
    """The name of the event; for a record without one, the line of code that logged it."""
    if record.name.partition(".")[0] == _OWN:
        event = record.getMessage()
        if _is_event(event):
            return {"event": event}
    data: dict[str, Any] = {
        "event": "unnamed",
        "logger": record.name,
        "at": f"{record.filename}:{record.lineno}",
    }
    if record.args and isinstance(record.msg, str):
        data["form"] = _safe(record.msg)  # the format string, which is a constant of the library
    return data


def _safe(value: object) -> str | int | float | bool | None:
    """A value on one short line, without e-mail addresses."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    if _HARMLESS.fullmatch(text):
        return text
    return _ADDRESS.sub("[address]", _BREAKING.sub(" ", text[:_LONGEST]))


def _exception(error: BaseException) -> dict[str, Any]:
    """The exception without its text: its type, the types of its causes, its innermost frames."""
    frames = [*traceback.walk_tb(error.__traceback__)][-_MOST_FRAMES:]
    data: dict[str, Any] = {
        "exception": type(error).__name__,
        "frames": [f"{_file(f.f_code.co_filename)}:{line}" for f, line in frames],
    }
    if causes := [type(cause).__name__ for cause in _causes(error)]:
        data["causes"] = causes
    if isinstance(error, LeadlineError):
        data["detail"] = _safe(error.detail or error.title)
    return data


def _causes(error: BaseException) -> Iterator[BaseException]:
    for _ in range(_MOST_CAUSES):
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is None:
            return
        yield cause
        error = cause


def _file(path: str) -> str:
    """The last two parts of a path: `sqlite/queue.py`."""
    return "/".join(path.replace("\\", "/").split("/")[-2:])


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return msgspec.json.encode(_fields_of(record)).decode()


class TextFormatter(logging.Formatter):
    """For people: time, level, event, and the other fields as key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        data = _fields_of(record)
        head = f"{data.pop('time')} {data.pop('level'):7} {data.pop('event')}"
        rest = (f"{k}={','.join(v) if isinstance(v, list) else v}" for k, v in data.items())
        return " ".join((head, *rest))


class _Handler(logging.StreamHandler[TextIO]):
    """Reports a line that could not be written without its content, which Python would print."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Called by logging within the `except` of the error."""
        error = sys.exc_info()[0]
        name = error.__name__ if error else "nothing"
        print(f"{record.filename}:{record.lineno}: can't log: {name}", file=sys.__stderr__)


def _crashed(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    """Log an uncaught exception, except Ctrl-C."""
    if not issubclass(kind, KeyboardInterrupt) and error is not None:
        logging.getLogger("leadline").critical("process.crashed", exc_info=(kind, error, trace))


def always(**said: str) -> None:
    """Add these fields, such as the id of the current request, to every line from now on; keys that
    are not in `ALLOWED` are ignored."""
    _always.clear()
    _always.update({key: value for key, value in said.items() if key in ALLOWED})


def configure(level: str, form: str, stream: TextIO | None = None) -> None:
    """Write all log lines to *stream* (default: standard error) in *form*, "json" or "text"."""
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # No line has them, and looking them up takes a quarter of what a line costs.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.logAsyncioTasks = False  # type: ignore[attr-defined]  # from Python 3.12 on
    # Uncaught exceptions are logged like others: Python's own report would contain their texts.
    sys.excepthook = _crashed
    threading.excepthook = lambda told: _crashed(told.exc_type, told.exc_value, told.exc_traceback)
    # Of libraries only warnings and errors are logged.
    for library in ("uvicorn", "asyncio"):
        logging.getLogger(library).setLevel(max(logging.WARNING, root.level))
    logging.getLogger("urllib3").setLevel(logging.ERROR)
