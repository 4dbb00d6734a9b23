"""Sending outgoing webhooks, signed according to Standard Webhooks 1.0."""

import base64
import hmac
from collections.abc import Sequence
from hashlib import sha256

import msgspec

from leadline.channels.webhook.events import MEDIA_TYPE
from leadline.model.errors import ConfigurationError
from leadline.net.address import check_url
from leadline.net.posting import Poster, PostReply
from leadline.ports.clock import Clock, wall_clock
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable

_SHORTEST_KEY, _LONGEST_KEY = 24, 64


class _Head(msgspec.Struct):
    id: str


_head = msgspec.json.Decoder(_Head)


class WebhookMessenger:
    """Posts events to one URL with `webhook-id` (the event's id), `webhook-timestamp` and
    `webhook-signature`, which holds a signature by each of the *secrets* (several during rotation).

    *timeout* in seconds bounds the whole call (`posting.Poster`).
    Raises ConfigurationError, which begins with the *setting* and contains no secret, for an
    invalid URL or secret, or without secrets.
    """

    def __init__(
        self,
        url: str,
        secrets: Sequence[str],
        timeout: float = 10.0,
        *,
        setting: str = "channels",
        clock: Clock = wall_clock,
    ) -> None:
        check_url(url, f"{setting}.url")
        if not secrets:
            raise ConfigurationError(f"{setting}.secret must be set, since events are signed")
        self._keys = [signing_key(secret, f"{setting}.secret") for secret in secrets]
        self._url = url
        self._poster = Poster("webhook", timeout)
        self._clock = clock

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.messenger.Messenger.send`."""
        ident = _head.decode(message).id
        stamp = str(int(self._clock().timestamp()))
        headers = {
            "content-type": MEDIA_TYPE,
            "webhook-id": ident,
            "webhook-timestamp": stamp,
            "webhook-signature": " ".join(
                signature(key, ident, stamp, message) for key in self._keys
            ),
        }
        answer = self._poster.post(self._url, message, headers)
        if isinstance(answer, Unreachable):
            return answer
        return self._poster.failure(answer) or _meaning(answer, ident)

    def find(self, message: bytes) -> Sent | None:
        """None: a receiver cannot be asked. It recognises repeats by their id."""
        del message
        return None


def _meaning(answer: PostReply, ident: str) -> Sent | Refused:
    if 200 <= answer.status < 300:
        return Sent(ident)
    reason = "webhook.gone" if answer.status == 410 else f"webhook.http_{answer.status}"
    return Refused(reason, answer.words)


def signing_key(secret: str, setting: str) -> bytes:
    """The key in a secret: 24 to 64 octets in base64, with or without the prefix `whsec_`.

    Raises ConfigurationError, which begins with the *setting*, for an invalid secret.
    """
    text = secret.removeprefix("whsec_").rstrip("=")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        key = b""
    if not _SHORTEST_KEY <= len(key) <= _LONGEST_KEY:
        raise ConfigurationError(
            f"{setting} must be {_SHORTEST_KEY} to {_LONGEST_KEY} random octets in base64, with or "
            "without whsec_ before it, as `openssl rand -base64 32` makes them"
        )
    return key


def signature(key: bytes, ident: str, stamp: str, body: bytes) -> str:
    """One `v1` signature: HMAC-SHA256 of id, time and body."""
    message = f"{ident}.{stamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, message, sha256)).decode()}"
