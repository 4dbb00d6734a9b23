"""PagerDuty's Events API v2 (PagerDuty docs, "Send an event to PagerDuty")."""

from typing import Any

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.texts.patterns import late
from leadline.net.address import check_url
from leadline.net.posting import JSON, Poster, PostReply
from leadline.net.redaction import shortened
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable

ENQUEUE = "https://events.pagerduty.com/v2/enqueue"
"""The URL for events; accounts in the EU have https://events.eu.pagerduty.com/v2/enqueue."""

_ROUTING_KEY = late(r"[A-Za-z0-9]{32}")


class PagerDutyEvents:
    """Sends to one integration; its routing key is a secret.

    *timeout* in seconds bounds the whole call (`posting.Poster`).
    Raises ConfigurationError, which begins with the *setting* and contains no secret, for an
    invalid routing key or URL.
    """

    def __init__(
        self, routing_key: str, url: str = "", timeout: float = 10.0, *, setting: str = "channels"
    ) -> None:
        if not _ROUTING_KEY.fullmatch(routing_key):
            raise ConfigurationError(
                f"{setting}.token must be the routing key of an Events API v2 integration: "
                "32 letters and digits"
            )
        self._url = url or ENQUEUE
        check_url(self._url, f"{setting}.url")
        self._routing_key = routing_key
        self._poster = Poster("pagerduty", timeout, shows_path=True)

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.messenger.Messenger.send`."""
        event: dict[str, Any] = msgspec.json.decode(message)
        body = msgspec.json.encode({"routing_key": self._routing_key, **event})
        head = {"content-type": JSON}
        answer = self._poster.post(self._url, body, head, also_secret=self._routing_key)
        if isinstance(answer, Unreachable):
            return answer
        trouble = self._poster.failure(answer)
        if isinstance(trouble, Busy):
            return Busy(trouble.after, self._told(answer))
        return trouble or self._meaning(answer, str(event["dedup_key"]))

    def find(self, message: bytes) -> Sent | None:
        """None; not needed, since a repeated trigger joins the open alert."""
        del message
        return None

    def _meaning(self, answer: PostReply, key: str) -> Sent | Refused:
        if 200 <= answer.status < 300:
            return Sent(key)
        return Refused(f"pagerduty.http_{answer.status}", self._told(answer))

    def _told(self, answer: PostReply) -> str:
        return shortened(answer.words, (self._routing_key,))
