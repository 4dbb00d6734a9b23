"""Posting to a destination by HTTP, each call on its own connection and within a deadline."""

from collections.abc import Mapping

from leadline.net.client import MOST_BODY, TIMEOUT, HttpClient, NoReply
from leadline.net.noting import note_request
from leadline.net.redaction import secrets_of, shortened
from leadline.net.reply import HttpReply
from leadline.net.retry_after import pause_of
from leadline.ports.messenger import Busy, Unreachable

JSON = "application/json; charset=utf-8"
_SHORTEST_IN_TEXTS = 16


class PostReply(HttpReply, frozen=True):
    """An answer; `secrets` are secrets that its body may contain."""

    secrets: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The beginning of the body on one line, for dead letters, without e-mail addresses and
        secrets."""
        return shortened(self.body.decode(errors="replace"), self.secrets)


class Poster:
    """Posts to one service; *service* is its name in reasons such as "slack.DeadlineExceeded".

    *timeout* in seconds bounds the whole call (`client.HttpClient`). Connections are not reused, so
    that no closed idle connection leaves it unknown whether a message arrived. URLs appear in no
    result. What is posted is noted (`ports.store_parts.exchanges`), with the path of the URL only
    if it
    *shows_path*, since that of a webhook is a secret.
    """

    def __init__(self, service: str, timeout: float = 10.0, *, shows_path: bool = False) -> None:
        self.service = service
        self._http = HttpClient(timeout)
        self._shows_path = shows_path

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        most: int = MOST_BODY,
        *,
        also_secret: str = "",
        shown: bytes | None = None,
    ) -> PostReply | Unreachable:
        """The answer, with at most *most* bytes of its body; Unreachable if there was none. The
        body is noted without *also_secret*; *shown* is noted in its place."""
        reply = self._http.request("POST", url, body, headers, most)
        token = headers.get("authorization", "").split()[-1:]
        of_url = secrets_of(url)
        noted = body if shown is None else shown
        hidden = [*token, also_secret]
        if not self._shows_path:  # short parts are ordinary words
            hidden += [part for part in of_url if len(part) >= _SHORTEST_IN_TEXTS]
        note_request("POST", url, noted, reply, hidden, shows_path=self._shows_path)
        if isinstance(reply, NoReply):
            reason = "DeadlineExceeded" if reply.reason == TIMEOUT else reply.reason
            return Unreachable(f"{self.service}.{reason}")
        return PostReply(reply.status, reply.headers, reply.body, reply.whole, (*of_url, *token))

    def failure(self, answer: PostReply) -> Busy | Unreachable | None:
        """Busy or Unreachable for an answer that concerns the service rather than the message; None
        for any other."""
        if answer.status == 429:
            return Busy(pause_of(answer.headers), answer.words)
        if answer.status >= 500 or answer.status in (408, 425):
            return Unreachable(f"{self.service}.http_{answer.status}")
        return None
