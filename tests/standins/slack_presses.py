"""What Slack posts when people press buttons and type commands, in its true shape."""

import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from leadline.journey.responding.claiming import SNOOZE

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
REPLY = "https://hooks.slack.com/actions/T0000001/100000001/AbCdEf"


def press_payload(
    action: str, value: str, user: str = "U01ANN", name: str = "ann.archer", **more: Any
) -> dict[str, Any]:
    """The payload of a pressed button, or of a choice in a menu (Slack docs, "block_actions
    payload")."""
    element: dict[str, Any] = {
        "type": "button",
        "action_id": action,
        "block_id": "aB1",
        "text": {"type": "plain_text", "text": "Claim", "emoji": True},
        "value": value,
        "action_ts": "1772442000.123456",
    }
    if action == SNOOZE:
        chosen = {"text": {"type": "plain_text", "text": "1 hour"}, "value": value}
        element = {
            **{k: v for k, v in element.items() if k not in ("value", "text")},
            "type": "static_select",
            "selected_option": chosen,
        }
    return {
        "type": "block_actions",
        "user": {"id": user, "username": name, "name": name, "team_id": "T0000001"},
        "api_app_id": "A0000001",
        "token": "verification-token-of-old",
        "container": {
            "type": "message",
            "message_ts": "1772442000.000100",
            "channel_id": "C0000001",
            "is_ephemeral": False,
        },
        "trigger_id": "100.200.abc",
        "team": {"id": "T0000001", "domain": "example"},
        "channel": {"id": "C0000001", "name": "leads"},
        "message": {"type": "message", "bot_id": "B01", "ts": "1772442000.000100", "text": "New"},
        "state": {"values": {}},
        "response_url": REPLY,
        "actions": [element],
        **more,
    }


def press_body(payload: object) -> bytes:
    """The form in which it comes."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def command_body(text: str = "", user: str = "U01ANN", name: str = "ann.archer") -> bytes:
    """A typed command (Slack docs, "Slash commands")."""
    fields = {
        "token": "verification-token-of-old",
        "team_id": "T0000001",
        "team_domain": "example",
        "channel_id": "C0000001",
        "channel_name": "leads",
        "user_id": user,
        "user_name": name,
        "command": "/leads",
        "text": text,
        "api_app_id": "A0000001",
        "response_url": "https://hooks.slack.com/commands/T0000001/1/x",
        "trigger_id": "100.200.abc",
    }
    return urlencode(fields).encode()


def signed_headers(body: bytes, at: datetime | int, secret: str = SECRET) -> dict[str, str]:
    """What Slack signs with (Slack docs, "Verifying requests from Slack")."""
    stamp = str(at if isinstance(at, int) else int(at.timestamp()))
    mac = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, "sha256").hexdigest()
    return {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={mac}",
    }
