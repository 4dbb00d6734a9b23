"""Log lines: one an attempt, named like an event, with ids and figures and nothing personal.

What could quote a lead does not get that far. Of `extra`, only the keys of `ALLOWED` are written,
short, on one line and without e-mail addresses. Our own lines are named like `refine.done`; words
that are no such name are not written, nor are those of libraries, which may quote anything. Of an
exception its type and where it was raised are written; its words only if it is a LeadlineError,
whose words are ours.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import msgspec

from leadline.model.errors import LeadlineError

# fmt: off
ALLOWED = frozenset({
    "lead", "source", "step", "attempt", "late_s", "channel", "reason", "status", "error",
    "count", "seconds", "role", "pid", "port", "bytes", "version", "path", "request",
    "folders", "files",
})
"""The keys of `extra` that are written."""
# fmt: on

_always: dict[str, str] = {}

_OWN = __name__.partition(".")[0]
_EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_HARMLESS = re.compile(r"[\w.:/ -]{0,200}", re.ASCII)
_ADDRESS = re.compile(r"[^\s@]*@[^\s@]*")
_BREAKING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LONGEST = 200
_MOST_FRAMES = 12
_MOST_CAUSES = 5


def _told(record: logging.LogRecord) -> dict[str, Any]:
    """What of a record may be told, in the order in which it is written."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    told: dict[str, Any] = {"time": at[:-6] + "Z", "level": record.levelname.lower(), "event": ""}
    told |= _named(record) | _always
    told |= {key: _safe(value) for key, value in vars(record).items() if key in ALLOWED}
    if record.exc_info and record.exc_info[1] is not None:
        told |= _exception(record.exc_info[1])
    return told


def _named(record: logging.LogRecord) -> dict[str, Any]:
    """The name of the event; what has none is named by the line that logged it."""
    if record.name.partition(".")[0] == _OWN:
        event = record.getMessage()
        if _EVENT.fullmatch(event):
            return {"event": event}
    told: dict[str, Any] = {
        "event": "unnamed",
        "logger": record.name,
        "at": f"{record.filename}:{record.lineno}",
    }
    if record.args and isinstance(record.msg, str):
        told["form"] = _safe(record.msg)  # unfilled: with arguments, it is a library's constant
    return told


def _safe(value: object) -> str | int | float | bool | None:
    """A value on one short line, without e-mail addresses."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    if _HARMLESS.fullmatch(text):
        return text
    return _ADDRESS.sub("[address]", _BREAKING.sub(" ", text[:_LONGEST]))


def _exception(error: BaseException) -> dict[str, Any]:
    """The exception without its words: its type, its causes' types, the lines of the innermost."""
    frames = [*traceback.walk_tb(error.__traceback__)][-_MOST_FRAMES:]
    told: dict[str, Any] = {
        "exception": type(error).__name__,
        "frames": [f"{_file(f.f_code.co_filename)}:{line}" for f, line in frames],
    }
    if causes := [type(cause).__name__ for cause in _causes(error)]:
        told["causes"] = causes
    if isinstance(error, LeadlineError):
        told["detail"] = _safe(error.detail or error.title)
    return told


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
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return msgspec.json.encode(_told(record)).decode()


class TextFormatter(logging.Formatter):
    """For eyes: the time, the level, the event, and the rest as key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = _told(record)
        head = f"{told.pop('time')} {told.pop('level'):7} {told.pop('event')}"
        rest = (f"{k}={','.join(v) if isinstance(v, list) else v}" for k, v in told.items())
        return " ".join((head, *rest))


class _Handler(logging.StreamHandler[TextIO]):
    """Says that a line could not be written, but not, as Python does, what was in it."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Called within the `except` of whatever went wrong."""
        error = sys.exc_info()[0]
        name = error.__name__ if error else "nothing"
        print(f"{record.filename}:{record.lineno}: can't log: {name}", file=sys.__stderr__)


def _crashed(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    """Log an exception that nobody caught; Ctrl-C is none."""
    if not issubclass(kind, KeyboardInterrupt) and error is not None:
        logging.getLogger("leadline").critical("process.crashed", exc_info=(kind, error, trace))


def always(**said: str) -> None:
    """From now on every line says this too, such as the request that is being answered; the keys
    are of `ALLOWED`."""
    _always.clear()
    _always.update({key: value for key, value in said.items() if key in ALLOWED})


def configure(level: str, form: str, stream: TextIO | None = None) -> None:
    """Send every log line to *stream* (standard error) in this form, "json" or "text"."""
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # What nobody catches is told like anything else: Python's own report would quote its words.
    sys.excepthook = _crashed
    threading.excepthook = lambda told: _crashed(told.exc_type, told.exc_value, told.exc_traceback)
    # Of libraries only what went wrong is of interest.
    for library in ("uvicorn", "asyncio"):
        logging.getLogger(library).setLevel(max(logging.WARNING, root.level))
    logging.getLogger("urllib3").setLevel(logging.ERROR)
