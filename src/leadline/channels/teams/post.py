"""Microsoft Teams, by a workflow that posts a card when its webhook is called.

The workflow takes the message with 202 and posts it a moment later: whether it could is for its own
run history to tell (Microsoft Learn, "Create incoming webhooks with Workflows").
"""

from leadline.net.address import check_url
from leadline.net.posting import JSON, Poster
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable


class TeamsWorkflow:
    """One workflow's webhook; its URL is a secret and is never told.

    *timeout* in seconds bounds the whole call (`posting.Poster`).
    Raises ConfigurationError, which begins with the *setting*, for what is no URL.
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
        if trouble := self._poster.trouble(answer):
            return trouble
        if 200 <= answer.status < 300:
            return Sent()
        return Refused(f"teams.http_{answer.status}", answer.words)

    def find(self, message: bytes) -> Sent | None:
        """None: a workflow tells nothing of what it posted."""
        del message
        return None
