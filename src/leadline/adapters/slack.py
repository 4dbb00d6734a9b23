"""Slack's incoming webhook (Slack docs, "Sending messages using incoming webhooks")."""

import re

from leadline.adapters.posting import JSON, Posted, Poster, check_url
from leadline.ports import Busy, Refused, Sent, Unreachable

# The words with which Slack refuses a message or a webhook for good (Slack docs, "Handling
# errors" of incoming webhooks, and the changelog of 2016-05-17).
_KNOWN_WORDS = frozenset(
    [
        "action_prohibited",
        "channel_is_archived",
        "channel_not_found",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_payload",
        "invalid_token",
        "msg_blocks_too_long",
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

    *timeout* in seconds bounds the whole call (`posting.Poster`).
    Raises ConfigurationError for a URL that is not HTTP or names no host; it names the *setting*.
    """

    def __init__(
        self, url: str, timeout: float = 10.0, *, setting: str = "slack_webhook_url"
    ) -> None:
        check_url(url, setting)
        self._url = url
        self._poster = Poster("slack", timeout)

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.Messenger.send`."""
        answer = self._poster.post(self._url, message, {"content-type": JSON})
        if isinstance(answer, Unreachable):
            return answer
        return self._poster.trouble(answer) or _meaning(answer)

    def find(self, message: bytes) -> Sent | None:
        """None: a webhook tells nothing of what it posted."""
        del message
        return None


def _meaning(answer: Posted) -> Sent | Refused:
    if 200 <= answer.status < 300:
        return Sent()
    known = (word for word in re.findall(r"\w+", answer.words) if word in _KNOWN_WORDS)
    return Refused(f"slack.{next(known, f'http_{answer.status}')}", answer.words)
