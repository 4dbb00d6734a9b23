"""Refused deliveries, as a running server counts them on its page `/metrics`."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from leadline.net.client import HttpClient, NoReply
from leadline.ports.reading.news import News
from leadline.settings.top.general import Settings

_TIMEOUT_S = 5.0
_ANSWERS = re.compile(
    r'^leadline_http_answers_total\{source="([^"]*)",status="(\d+)"\} ([0-9.e+]+)$', re.MULTILINE
)
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 - to be replaced
_REFUSED = 400


class Refusals:
    """What a server on this machine has refused since the last look. *tell* is called once with
    the reason why nothing is known."""

    def __init__(self, settings: Settings, tell: Callable[[str], None]) -> None:
        self._url = _url(settings)
        token = settings.metrics_token
        self._headers = {"authorization": f"Bearer {token[0]}"} if token else {}
        self._http = HttpClient(_TIMEOUT_S)
        self._tell = tell
        self._is_told = False
        self._before: dict[tuple[str, str], int] | None = None

    def look(self) -> Sequence[News]:
        """The refused deliveries since the last look, by source and status; none at the first."""
        counts = self._counts()
        if counts is None:
            return []
        before, self._before = self._before, counts
        if before is None:
            return []
        now, found = datetime.now(UTC), []
        for (source, status), count in counts.items():
            known = before.get((source, status), 0)
            more = count - known if count >= known else count  # the server was started anew
            if more > 0:
                times = f", {more:,} times" if more > 1 else ""
                found.append(News(now, "refused", source, detail=f"HTTP {status}{times}"))
        return found

    def _counts(self) -> dict[tuple[str, str], int] | None:
        reply = self._http.request("GET", self._url, headers=self._headers)
        if isinstance(reply, NoReply) or reply.status != 200:
            why = reply.reason if isinstance(reply, NoReply) else f"HTTP {reply.status}"
            if not self._is_told:
                self._tell(f"refused deliveries are not shown: {self._url} says {why}")
            self._is_told = True
            return None
        found = _ANSWERS.findall(reply.body.decode(errors="replace"))
        return {(s, status): int(float(n)) for s, status, n in found if int(status) >= _REFUSED}


def _url(settings: Settings) -> str:
    if settings.metrics_listen:
        host, _, port = settings.metrics_listen.rpartition(":")
    else:
        host, port = settings.host, str(settings.port)
    host = _EVERYWHERE.get(host.strip("[]"), host)
    bare = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{bare}:{port}/metrics"
