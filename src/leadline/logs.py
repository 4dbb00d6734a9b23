"""Log lines: one an attempt, named like an event, with ids and figures and nothing personal.

Only the keys of `ALLOWED` are written; a stray e-mail address in `extra` never gets that far.
Of a foreign exception only its type and where it was raised are written, since its words may
quote a lead; a LeadlineError's own words are ours and safe.
"""

import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import msgspec

from leadline.errors import LeadlineError

# fmt: off
ALLOWED = frozenset({
    "lead", "source", "step", "attempt", "late_s", "channel", "reason", "status", "error",
    "count", "seconds", "role", "pid", "port", "url", "bytes", "version", "path",
})
# fmt: on


class _Formatter(logging.Formatter):
    """Common to both forms: what of a record may be told."""

    def told(self, record: logging.LogRecord) -> dict[str, Any]:
        """The record as a mapping, in the order in which it is written."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told: dict[str, Any] = {
            "at": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": self._event(record),
        }
        told |= {k: v for k, v in vars(record).items() if k in ALLOWED}
        if record.exc_info and record.exc_info[1] is not None:
            told |= _exception(record.exc_info[1], record.exc_info[2])
        return told

    @staticmethod
    def _event(record: logging.LogRecord) -> str:
        if record.name.startswith("leadline"):
            return record.getMessage()
        # A library's message may quote anything: only its unfilled form is safe.
        return f"{record.name}: {record.msg}" if isinstance(record.msg, str) else record.name


class JsonFormatter(_Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return msgspec.json.encode(self.told(record), enc_hook=str).decode()


class TextFormatter(_Formatter):
    """For eyes: the time, the event, and the rest as key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told = self.told(record)
        head = f"{told.pop('at')} {told.pop('level'):7} {told.pop('event')}"
        return " ".join([head, *(f"{k}={v}" for k, v in told.items())])


def configure(level: str, form: str, stream: TextIO | None = None) -> None:
    """Send every log line to *stream* (standard error) in this form, "json" or "text"."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("uvicorn").setLevel(max(logging.WARNING, root.level))
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def _exception(error: BaseException, trace: TracebackType | None) -> dict[str, Any]:
    frames = traceback.extract_tb(trace)
    told: dict[str, Any] = {
        "exception": type(error).__name__,
        "at_lines": [f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in frames],
    }
    if isinstance(error, LeadlineError):
        told["words"] = error.detail
    return told
