"""Slack's incoming webhook (Slack docs, "Sending messages using incoming webhooks")."""

import re
from urllib.parse import urlsplit

import msgspec

from leadline.net.address import check_url
from leadline.net.posting import JSON, Poster, PostReply
from leadline.ports.channel import GONE
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable

# The errors with which Slack permanently refuses a message or a webhook (Slack docs, "Handling
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

_REPLIES = "hooks.slack.com"


class _Reply(msgspec.Struct):
    """The part of an `SlackCall` that changes the message in which a button was pressed."""

    body: msgspec.Raw
    reply_url: str = ""


class SlackWebhook:
    """Sends to one channel's webhook; its URL is a secret and appears in no message.

    A message that is an `SlackCall` with a `reply_url` is sent to that, if it is Slack's (Slack
    docs, "Handling user interaction": valid for 30 minutes and five uses).

    *timeout* in seconds bounds the whole call (`posting.Poster`).
    Raises ConfigurationError, which names the *setting*, for a URL that is not HTTP or has no host.
    """

    def __init__(
        self, url: str, timeout: float = 10.0, *, setting: str = "slack_webhook_url"
    ) -> None:
        check_url(url, setting)
        self._url = url
        self._replies = {("https", _REPLIES), urlsplit(url)[:2]}
        self._poster = Poster("slack", timeout)

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.messenger.Messenger.send`."""
        if message.startswith(b'{"body":'):
            return self._reply(msgspec.json.decode(message, type=_Reply))
        return self._post(self._url, message)

    def _reply(self, call: _Reply) -> Sent | Refused | Busy | Unreachable:
        if urlsplit(call.reply_url)[:2] not in self._replies:
            return Refused(GONE, "the URL for changing the message does not belong to Slack")
        reply = self._post(call.reply_url, bytes(call.body))
        return Refused(GONE, reply.words) if isinstance(reply, Refused) else reply

    def _post(self, url: str, message: bytes) -> Sent | Refused | Busy | Unreachable:
        answer = self._poster.post(url, message, {"content-type": JSON})
        if isinstance(answer, Unreachable):
            return answer
        return self._poster.failure(answer) or _meaning(answer)

    def find(self, message: bytes) -> Sent | None:
        """None: a webhook cannot be asked for its messages."""
        del message
        return None


def _meaning(answer: PostReply) -> Sent | Refused:
    if 200 <= answer.status < 300:
        return Sent()
    known = (word for word in re.findall(r"\w+", answer.words) if word in _KNOWN_WORDS)
    return Refused(f"slack.{next(known, f'http_{answer.status}')}", answer.words)
