"""Slack's incoming webhook (Slack docs, "Sending messages using incoming webhooks")."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import urllib3
from urllib3.exceptions import HTTPError

from leadline.errors import ConfigurationError
from leadline.ports import Busy, Refused, Sent, Unreachable

_MOST_WORDS = 200
_MOST_BODY = 64 << 10
_DEFAULT_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
# The words with which Slack refuses a message or a webhook for good.
_KNOWN_WORDS = frozenset(
    [
        "action_prohibited",
        "channel_is_archived",
        "channel_not_found",
        "invalid_blocks",
        "invalid_payload",
        "invalid_token",
        "no_active_hooks",
        "no_service",
        "no_service_id",
        "no_team",
        "no_text",
        "posting_to_general_channel_denied",
        "team_disabled",
        "too_many_attachments",
        "user_not_found",
    ]
)


class SlackWebhook:
    """One channel's webhook; its URL is a secret and is never told.

    *timeout_s* bounds the whole call, however slowly the answer drips.
    Raises ConfigurationError for a URL that is not HTTP.
    """

    def __init__(self, url: str, timeout_s: float = 10.0) -> None:
        if not url.startswith(("https://", "http://")):
            raise ConfigurationError("slack_webhook_url must start with https:// (or http://)")
        self._url = url
        self._timeout_s = timeout_s
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=1)

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.Messenger.send`."""
        deadline = time.monotonic() + self._timeout_s
        try:
            answer = self._pool.request(
                "POST",
                self._url,
                body=message,
                headers={"content-type": "application/json; charset=utf-8"},
                timeout=urllib3.Timeout(total=self._timeout_s),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            words = _read(answer, deadline)
        except (HTTPError, OSError, TimeoutError) as error:
            # The error's own words may name the URL.
            return Unreachable(f"slack.{type(error).__name__}")
        return _meaning(answer.status, answer.headers.get("retry-after", ""), words)


def _read(answer: urllib3.BaseHTTPResponse, deadline: float) -> str:
    """The body as text, as far as it matters and comes in time."""
    body = b""
    try:
        while len(body) < _MOST_BODY:
            if time.monotonic() > deadline:
                raise TimeoutError
            chunk = answer.read1(4096)
            if not chunk:
                answer.release_conn()
                return body.decode(errors="replace").strip()
            body += chunk
    except BaseException:
        answer.close()
        raise
    answer.close()
    return body[:_MOST_WORDS].decode(errors="replace").strip()


def _meaning(status: int, retry_after: str, words: str) -> Sent | Refused | Busy | Unreachable:
    if 200 <= status < 300:
        return Sent()
    shown = " ".join(words.split())[:_MOST_WORDS]
    if status == 429:
        return Busy(_pause(retry_after), shown)
    if status >= 500 or status in (408, 425):
        return Unreachable(f"slack.http_{status}")
    code = shown if shown in _KNOWN_WORDS else f"http_{status}"
    return Refused(f"slack.{code}", shown)


def _pause(retry_after: str) -> timedelta:
    """`Retry-After`, in seconds or as a date; bounded, because it comes from outside."""
    try:
        pause = timedelta(seconds=float(retry_after))
    except (ValueError, OverflowError):
        try:
            pause = parsedate_to_datetime(retry_after) - datetime.now(UTC)
        except (ValueError, TypeError):
            pause = _DEFAULT_PAUSE
    return min(max(pause, timedelta()), _LONGEST_PAUSE)
