"""Presses of the stand-in for Slack, signed and posted as Slack signs and posts them."""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from leadline.entrypoints.embedded.watching.exposure import is_loopback
from leadline.model.errors import ConfigurationError
from leadline.net.client import HttpClient, NoReply

_PATIENCE_S = 10.0
_WHY = {
    401: "The server has another slack_signing_secret than this page. Take the one that was "
    "printed, and start the server again.",
    404: "The server takes no presses: set slack_signing_secret, and start it again.",
    503: "The server is still starting.",
}


class PressSender:
    """Posts presses to the server at *url* on this machine, signed with *secret* (Slack docs,
    "Verifying requests from Slack").

    Raises ConfigurationError for a server on another machine.
    """

    def __init__(self, url: str, secret: str) -> None:
        if not _is_on_this_machine(url):
            raise ConfigurationError(
                f"{url} is not on this machine; the stand-in for Slack presses buttons only at a "
                "server on 127.0.0.1 or ::1"
            )
        self._url = f"{url.rstrip('/')}/slack/actions"
        self._secret = secret

    def __call__(self, payload: Mapping[str, Any]) -> str:
        """Post one payload; returns what went wrong, in words, or ""."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        stamp = str(int(datetime.now(UTC).timestamp()))
        digest = hmac.digest(self._secret.encode(), f"v0:{stamp}:".encode() + body, "sha256")
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={digest.hex()}",
        }
        answer = HttpClient(_PATIENCE_S).request("POST", self._url, body, headers)
        if isinstance(answer, NoReply):
            return f"The server can't be reached at {self._url}: {answer.reason}."
        if answer.status == 200:
            return ""
        return _WHY.get(answer.status, f"The server answered {answer.status}.")


def _is_on_this_machine(url: str) -> bool:
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False
