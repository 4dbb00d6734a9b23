"""TellAgain: once a day, repeats the notification of alarms that are still in state ALARM, because
CloudWatch notifies only of changes.

This function runs outside your VPC, so that it can report when the VPC loses its route out.
"""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec

from leadline.entrypoints import logs
from leadline.entrypoints.aws.notices import publish_notice
from leadline.net.aws.calls import Caller, from_environment

log = logging.getLogger(__name__)

_DESCRIBE = "GraniteServiceVersion20100801.DescribeAlarms"

_caller = cache(from_environment)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Publish one message on the topic (`ALARM_TOPIC_ARN`) about all alarms that notify it and are
    in state ALARM; returns how many there are. Raises AwsFailed."""
    del event
    logs.configure(os.environ.get("LEADLINE_LOG_LEVEL", "info"), "json")
    logs.always(request=context.aws_request_id)
    caller, topic = _caller(), os.environ["ALARM_TOPIC_ARN"]
    ringing = list(_ringing(caller, topic))
    if ringing:
        publish_notice(caller, topic, _subject(len(ringing)), _words(ringing))
    log.info("alarms.told_again", extra={"count": len(ringing)})
    return {"ringing": len(ringing)}


class _Alarm(msgspec.Struct, rename="pascal"):
    """An alarm as CloudWatch describes it."""

    alarm_name: str
    alarm_actions: list[str] | None = None
    alarm_description: str | None = None
    state_reason: str | None = None
    state_updated_timestamp: float = 0


class _Alarms(msgspec.Struct, rename="pascal"):
    metric_alarms: list[_Alarm] | None = None
    next_token: str | None = None


_alarms = msgspec.json.Decoder(_Alarms, strict=False)


def _ringing(caller: Caller, topic: str) -> Iterator[_Alarm]:
    """The alarms in state ALARM that notify the topic (CloudWatch API Reference,
    "DescribeAlarms")."""
    asked = {"StateValue": "ALARM"}
    while True:
        found = _alarms.decode(caller.json("monitoring", _DESCRIBE, asked))
        yield from (
            alarm for alarm in found.metric_alarms or () if topic in (alarm.alarm_actions or ())
        )
        if not found.next_token:
            return
        asked = {"StateValue": "ALARM", "NextToken": found.next_token}


def _subject(count: int) -> str:
    """The subject: at most 100 ASCII characters (SNS API Reference, "Publish")."""
    stack = os.environ.get("STACK_NAME", "leadline")[:60]
    return f"{stack}: {count} alarm{'' if count == 1 else 's'} still ringing"


def _words(ringing: Sequence[_Alarm]) -> str:
    lines = [
        f"{one.alarm_name}\n  {one.alarm_description or ''}\n"
        f"  since {datetime.fromtimestamp(one.state_updated_timestamp, UTC):%Y-%m-%d %H:%M} UTC: "
        f"{one.state_reason or ''}"
        for one in ringing
    ]
    return "\n\n".join(("These alarms are still ringing.", *lines))
