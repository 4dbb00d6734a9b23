"""Sending to Microsoft Teams by a workflow that posts a card when its webhook is called.

The workflow answers 202 and posts the message a moment later; only its own run history shows
whether that succeeded (Microsoft Learn, "Create incoming webhooks with Workflows").
"""

from leadline.net.address import check_url
from leadline.net.posting import JSON, Poster
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable


class TeamsWorkflow:
    """Sends to one workflow's webhook; its URL is a secret and appears in no message.

    *timeout* in seconds bounds the whole call (`posting.Poster`).
    Raises ConfigurationError, which begins with the *setting*, for an invalid URL.
    """

    def __init__(self, url: str, timeout: float = 10.0, *, setting: str = "channels") -> None:
        check_url(url, f"{setting}.url")
        self._url = url
        self._poster = Poster("teams", timeout)

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.messenger.Messenger.send`."""
        answer = self._poster.post(self._url, message, {"content-type": JSON})
        if isinstance(answer, Unreachable):
            return answer
        if trouble := self._poster.failure(answer):
            return trouble
        if 200 <= answer.status < 300:
            return Sent()
        return Refused(f"teams.http_{answer.status}", answer.words)

    def find(self, message: bytes) -> Sent | None:
        """None: a workflow cannot be asked for its messages."""
        del message
        return None
