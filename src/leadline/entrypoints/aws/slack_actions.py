"""Buttons and commands from Slack, for Capture.

Lambda freezes a function once it has answered, so the reply to the person who pressed is sent
before that, and within a short time: Slack expects the answer within three seconds.
"""

import logging
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

from leadline.channels.slack.replies import NOT_SAVED
from leadline.channels.slack.requests import read_command, read_press, signed
from leadline.entrypoints.aws.parts import Parts
from leadline.entrypoints.reception import problem
from leadline.entrypoints.slack_endpoint import (
    COMMANDS,
    NOTHING,
    reply_to,
    slack_endpoint,
    unowned_leads,
)
from leadline.model.errors import StorageFailed, TooLarge
from leadline.model.lead import Delivery
from leadline.ports.messenger import Unreachable
from leadline.ports.source import Answer
from leadline.settings.top.general import Settings

log = logging.getLogger(__name__)

_STORE_WITHIN_S = 2.2
_REPLY_WITHIN_S = 1.0


def answer_slack(path: str, delivery: Delivery, parts: Parts, settings: Settings) -> Answer:
    """The answer to one request; raises LeadlineError for a request that is refused."""
    if delivery.method != "POST":
        return problem(405, "Only POST", "Slack posts here", {"allow": "POST"})
    if len(delivery.body) > settings.max_body:
        raise TooLarge(f"the limit is {settings.max_body} bytes")
    now = delivery.received_at
    endpoint = slack_endpoint(settings, parts.audit())
    signed(endpoint.secrets, delivery.headers, delivery.body, now)
    _hurry(parts)
    store = parts.store(settings.redelivery_window)
    if path == COMMANDS:
        command = read_command(delivery.body)
        if command is None:
            return NOTHING
        return Answer(endpoint.command(store, command, now, lambda: _unowned(parts, now)))
    request = read_press(delivery.body, endpoint.replies)
    if request is None:
        return NOTHING
    reply = endpoint.press(store, request, now)
    if request.reply_url:
        _reply(request.reply_url, reply_to(reply))
    elif reply is NOT_SAVED:
        raise StorageFailed  # then Slack shows its own warning, the only possible reply
    return NOTHING


def _hurry(parts: Parts) -> None:
    """Limit calls to AWS to the time in which Slack waits for an answer."""
    soon = time.monotonic() + _STORE_WITHIN_S
    until = parts.caller.until
    parts.caller.until = soon if until is None else min(until, soon)


def _reply(url: str, body: bytes) -> None:
    """Send the reply to the person who pressed; a failure is only logged."""
    from leadline.net.posting import JSON, Poster

    reply = Poster("slack", _REPLY_WITHIN_S).post(url, body, {"content-type": JSON})
    if isinstance(reply, Unreachable) or reply.status != 200:
        why = reply.words if isinstance(reply, Unreachable) else f"http_{reply.status}"
        log.warning("press.not_answered", extra={"error": why})


def _unowned(parts: Parts, now: datetime) -> Sequence[str]:
    """The ids of the newest leads of yesterday (UTC) and today that have no owner."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with closing(parts.ledger()) as ledger:
        return unowned_leads(ledger, midnight - timedelta(days=1))
