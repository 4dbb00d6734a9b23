"""The functions' log lines, merged by time, as JSON or as text."""

import heapq
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from leadline.cloud import stacks
from leadline.cloud.session import Cloud, CloudError
from leadline.cloud.state import FUNCTIONS

_POLL_S = 2.0
# CloudWatch may show a line this long after its time, so each request goes back so far.
_LATE_MS = 30_000
_PLATFORM = ("START ", "END ", "REPORT ", "INIT_START ", "EXTENSION\t", "XRAY ")


class LogLine(msgspec.Struct, frozen=True):
    """A log line of a function: its fields if it is JSON, else only `message`."""

    at: datetime
    function: str
    fields: Mapping[str, Any]


def log_groups(cloud: Cloud, stack: str, function: str | None = None) -> dict[str, str]:
    """The log group of each function, or of one. Raises CloudError if there are none."""
    cfn = cloud.client("cloudformation")
    resources = stacks.resources_of(cfn, stacks.need_stack(cfn, stack)["StackId"])
    wanted = [function] if function else FUNCTIONS
    logical = {name: f"{name.capitalize()}Logs" for name in wanted}
    groups = {name: resources[its][1] for name, its in logical.items() if its in resources}
    if not groups:
        raise CloudError(
            f"the stack {stack} has no log groups; its deployment may be incomplete: see "
            f"`leadline status --aws {stack}`"
        )
    return groups


def log_lines(
    cloud: Cloud,
    groups: Mapping[str, str],
    since: datetime,
    lead: str = "",
    *,
    follow: bool = False,
) -> Iterator[LogLine]:
    """The lines since a time in order; with *follow*, without end; only those of one lead if it is
    given.

    Lambda's own lines about each invocation are left out, unless the invocation failed.
    """
    client = cloud.client("logs")
    start, seen = int(since.timestamp() * 1000), dict[str, int]()
    while True:
        newest = start
        pages = [_events(client, name, group, start, lead) for name, group in groups.items()]
        for at, event_id, function, message in heapq.merge(*pages):
            newest = max(newest, at)
            if event_id in seen:
                continue
            seen[event_id] = at
            line = _line(at, function, message)
            if line is not None and (not lead or lead in message):
                yield line
        if not follow:
            return
        start = max(start, newest - _LATE_MS)
        seen = {event_id: at for event_id, at in seen.items() if at >= start}
        time.sleep(_POLL_S)


def _events(
    client: Any, function: str, group: str, start: int, lead: str
) -> Iterator[tuple[int, str, str, str]]:
    pattern = {"filterPattern": f'"{lead}"'} if lead else {}
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=group, startTime=start, **pattern
    )
    for page in pages:
        for event in page["events"]:
            at, message = event["timestamp"], event["message"]
            # Some emulators give events no id.
            identity = event.get("eventId") or f"{event['logStreamName']} {at} {message}"
            yield at, identity, function, message


def _line(at: int, function: str, message: str) -> LogLine | None:
    when = datetime.fromtimestamp(at / 1000, UTC)
    message = message.strip()
    try:
        fields = msgspec.json.decode(message)
    except (msgspec.DecodeError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        is_noise = not message or message.startswith(_PLATFORM)
        return None if is_noise else LogLine(when, function, {"message": message})
    if "_aws" in fields:  # a metric, not a line
        return None
    if str(fields.get("type", "")).startswith("platform."):
        record = fields.get("record", {})
        if not isinstance(record, dict) or record.get("status", "success") == "success":
            return None
    return LogLine(when, function, fields)


def as_text(line: LogLine) -> str:
    """A line as text: time, function, level, event, and other fields as key=value."""
    fields = dict(line.fields)
    fields.pop("time", None)
    fields.pop("timestamp", None)
    level = str(fields.pop("level", ""))
    event = str(fields.pop("event", "") or fields.pop("message", ""))
    rest = (f"{name}={_shown(value)}" for name, value in fields.items())
    head = f"{line.at.astimezone():%Y-%m-%d %H:%M:%S} {line.function:7} {level:7} {event}"
    return " ".join((head, *rest)).rstrip()


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_shown, value))
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def as_json_lines(lines: Iterable[LogLine]) -> Iterator[str]:
    """Each line as a JSON object on one line, with the function's name."""
    for line in lines:
        yield msgspec.json.encode({"function": line.function, **line.fields}).decode()
