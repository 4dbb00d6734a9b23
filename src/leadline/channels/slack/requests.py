"""Requests from Slack for buttons and commands: their signatures are verified and they are read.

Slack docs, "Verifying requests from Slack", "Interaction payloads", "Slash commands".
"""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import msgspec

from leadline.alerts.wording.words import clamped, on_one_line
from leadline.channels.slack import buttons
from leadline.journey.responding.claiming import CLAIM, JUNK, SNOOZE, Press
from leadline.model.errors import LeadlineError, Unauthentic, Unreadable
from leadline.model.ids import is_lead_id
from leadline.model.staff.people import SLACK_ID, Person
from leadline.model.texts.patterns import late

REPLY_LASTS = timedelta(minutes=29)
"""How long a `reply_url` is used. Slack accepts it for 30 minutes (Slack docs, "Handling user
interaction"), of which a minute may have passed."""
REPLIES = "https://hooks.slack.com"
"""The origin of Slack's `reply_url`s."""

_WINDOW = timedelta(minutes=5)
_STAMP = late("[0-9]{1,12}")
_USER = late(SLACK_ID)
_ADDRESS = late("[!-~]{1,500}")
_PLACE = ("channel_id", "message_ts")
_MOST_FIELDS = 50
_NAME = 80


class NotInteractive(LeadlineError):
    """No signing secret is set, so requests from Slack cannot be verified and are not accepted."""

    status = 404
    title = "Requests from Slack are not accepted here"


class SlashCommand(msgspec.Struct, frozen=True):
    """A typed command: the text after its name, in lower case, and the user."""

    user: Person
    text: str = ""


def signed(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Verify that one of the *secrets* (several during rotation) signed exactly these bytes, and
    that the timestamp is within five minutes of *now*.

    Raises NotInteractive without secrets, and Unauthentic, without a reason, if the check fails.
    """
    usable = [secret for secret in secrets if secret]
    if not usable:
        raise NotInteractive
    stamp = headers.get("x-slack-request-timestamp", "")
    if not _STAMP.fullmatch(stamp):
        raise Unauthentic
    if abs(now.timestamp() - int(stamp)) > _WINDOW.total_seconds():
        raise Unauthentic
    given = headers.get("x-slack-signature", "").encode()
    message = b"v0:%b:%b" % (stamp.encode(), body)
    fits = False
    for secret in usable:
        wanted = b"v0=" + hmac.digest(secret.encode(), message, "sha256").hex().encode()
        fits |= hmac.compare_digest(wanted, given)
    if not fits:
        raise Unauthentic


def read_press(body: bytes, replies: Sequence[str] = (REPLIES,)) -> Press | None:
    """The press of one of our buttons; None for other interactions (links, other apps' buttons,
    dialogs), which need no answer.

    A `reply_url` is used only if its origin is one of *replies*.
    Raises Unreadable for a body that is not an interaction payload, or has no Slack user.
    """
    fields = _form(body)
    try:
        payload = msgspec.json.decode(fields.get("payload", ""))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise Unreadable("the field payload is not valid JSON") from None
    if not isinstance(payload, dict):
        raise Unreadable("the field payload is not a JSON object")
    if payload.get("type") != "block_actions":
        return None
    pressed = payload.get("actions")
    for action in pressed if isinstance(pressed, list) else ():
        meant = _meant(action)
        if meant is not None:
            name, lead_id, span = meant
            return Press(
                action=name,
                lead_id=lead_id,
                span=span,
                user=_user(_text(payload, "user", "id"), _text(payload, "user", "name")),
                reply_url=_address(_text(payload, "response_url"), replies),
                reply_lasts=REPLY_LASTS,
                is_ephemeral=_at(payload, "container", "is_ephemeral") is True,
                message="/".join(_text(payload, "container", n) for n in _PLACE),
            )
    return None


def read_command(body: bytes) -> SlashCommand | None:
    """The typed command; None for Slack's check of the URL (`ssl_check`).

    Raises Unreadable for a body that is not a slash command.
    """
    fields = _form(body)
    if "ssl_check" in fields:
        return None
    if not fields.get("command", "").startswith("/"):
        raise Unreadable("the body is not a slash command")
    user = _user(fields.get("user_id", ""), fields.get("user_name", ""))
    return SlashCommand(user, " ".join(fields.get("text", "").lower().split()))


def _form(body: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise Unreadable("the body is not a form") from None
    return {name: values[0] for name, values in fields.items()}


def _meant(action: Any) -> tuple[str, str, timedelta | None] | None:
    """The action, lead id and span of one of our buttons; None for any other button."""
    name = _text(action, "action_id")
    if name == SNOOZE:
        snooze = buttons.snooze_choice(_text(action, "selected_option", "value"))
        span, lead_id = snooze if snooze is not None else (None, "")
    elif name in (CLAIM, JUNK):
        span, lead_id = None, _text(action, "value")
    else:
        return None
    return (name, lead_id.lower(), span) if is_lead_id(lead_id) else None


def _user(slack_id: str, name: str) -> Person:
    if not _USER.fullmatch(slack_id):
        raise Unreadable("the request has no valid Slack user id")
    return Person(slack=slack_id, name=clamped(on_one_line(name), _NAME))


def _address(url: str, replies: Sequence[str]) -> str:
    believed = _ADDRESS.fullmatch(url) and url.startswith(tuple(f"{one}/" for one in replies))
    return url if believed else ""


def _at(body: Any, *path: str) -> Any:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _text(body: Any, *path: str) -> str:
    value = _at(body, *path)
    return value if isinstance(value, str) else ""
