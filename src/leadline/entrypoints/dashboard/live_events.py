"""Live events: one stream a browser tab, which says that something changed, and never what.

One task looks for all watchers whether anything happened; pages then ask for what they show. The
streams end when the dashboard does, and when the session does.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of
from leadline.entrypoints.dashboard.guarding.roles import KnownUser, known_user
from leadline.entrypoints.dashboard.guarding.sessions import still_known
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.ports.reading.news import NewsReader

log = logging.getLogger(__name__)

PATH = "/live/events"
MOST, MOST_OF_SESSION = 100, 4
"""How many streams there may be, in all and of one session: a browser opens six connections to one
host, and what is left of them loads its pages."""
LOOK_S, LOOK_ON_AWS_S = 1.0, 30.0
"""The seconds between two looks; on AWS each of them costs money."""
_NEWEST_ON_AWS = 200
"""How many of the newest leads of a stack are looked at for a change."""
BEAT_S = 15.0
"""The seconds after which a stream without news sends a comment, so that proxies keep it."""
_RETRY_MS = 3000

CHANGED = b"event: changed\ndata:\n\n"
_BEGIN = f"retry: {_RETRY_MS}\n\n".encode()
_UNSEEN = object()
_BEAT = b": still here\n\n"


class LiveEvents:
    """Everybody who watches. *beat_s* is `BEAT_S`, for tests."""

    def __init__(
        self, dashboard: Dashboard, look_s: float | None = None, beat_s: float = BEAT_S
    ) -> None:
        self._dashboard = dashboard
        self._look_s = look_s
        self._beat_s = beat_s
        self._watchers: Counter[bytes] = Counter()
        self._changed = asyncio.Event()
        self._changes = 0
        self._looking: asyncio.Task[None] | None = None
        self._looked = asyncio.Event()
        self._ended = False

    def may_watch(self, session: bytes) -> bool:
        """Whether this session may have one more stream. Raises HTTPException (503) if there are
        too many of all sessions, or the dashboard ends."""
        if self._ended or self._watchers.total() >= MOST:
            raise HTTPException(503, headers={"retry-after": "5"})
        return self._watchers[session] < MOST_OF_SESSION

    async def watch(
        self, session: bytes, goes_on: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[bytes]:
        """What is sent to a watcher, as long as *goes_on*, which is asked at each beat.

        It begins with a change: there may have been one since the page was read, or since an
        earlier stream broke off.
        """
        self._watchers[session] += 1
        try:
            self._look_for_all()
            await self._looked.wait()
            beat_at, told = self._next_beat(), self._changes
            yield _BEGIN + CHANGED
            while not self._ended:
                if await self._changes_until(beat_at, told):
                    told = self._changes
                    if not self._ended:
                        yield CHANGED
                elif await goes_on():
                    yield _BEAT
                    beat_at = self._next_beat()
                else:
                    return
        finally:
            self._watchers[session] -= 1
            self._watchers += Counter()  # forgets sessions without streams

    def _next_beat(self) -> float:
        return asyncio.get_running_loop().time() + self._beat_s

    async def _changes_until(self, beat_at: float, told: int) -> bool:
        """Wait for a change after those that are *told*, or the end of all; False if the time of
        the next beat is there."""
        left = beat_at - asyncio.get_running_loop().time()
        if left <= 0:
            return False
        if self._changes != told:  # while the last one was sent
            return True
        try:
            await asyncio.wait_for(self._changed.wait(), left)
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """End all streams, and let nobody watch any more."""
        self._ended = True
        self._tell()
        if self._looking is not None:
            self._looking.cancel()
        self._looked.set()

    def _tell(self) -> None:
        self._changes += 1
        self._changed.set()
        self._changed = asyncio.Event()

    def _look_for_all(self) -> None:
        if self._looking is None or self._looking.done():
            self._looked = asyncio.Event()
            self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        """Look for changes while anybody watches."""
        seen: object = _UNSEEN
        while self._watchers.total():
            try:
                now, pause = await run_in_threadpool(self._read)
            except Exception as error:  # also one of AWS; whoever watches looks on
                log.warning("dashboard.not_live", extra={"error": type(error).__name__})
                now, pause = None, self._beat_s
            if seen is not _UNSEEN and now not in (None, seen):
                self._tell()
            seen = seen if now is None and seen is not _UNSEEN else now
            self._looked.set()
            await asyncio.sleep(pause if self._look_s is None else self._look_s)

    def _read(self) -> tuple[object, float]:
        """Something that is different whenever something happened, and when to look again."""
        dashboard = self._dashboard
        with closing(dashboard.installation.ledger()) as ledger:
            if (reader := _news_of(ledger)) is not None:
                return reader.seen_now(), LOOK_S
            # counts of all that happened would read the whole table of the stack, each time
            since = dashboard.clock() - timedelta(days=1)
            midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
            newest = LeadFilter(since=midnight, events=True, limit=_NEWEST_ON_AWS)
            return tuple(ledger.each(newest)), LOOK_ON_AWS_S


def _news_of(ledger: Ledger) -> NewsReader | None:
    """The ledger as what tells news; None for that of a stack, which does not."""
    return ledger if isinstance(ledger, NewsReader) else None


async def live_events(request: Request) -> Response:
    """A stream of events. A session with too many gets none, and no reason to try again."""
    live: LiveEvents = request.app.state.live
    known, dashboard = known_user(request), dashboard_of(request)
    if not live.may_watch(known.session):
        return Response(status_code=204)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    stream = live.watch(known.session, _while_known(request, known, dashboard))
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


def _while_known(
    request: Request, known: KnownUser, dashboard: Dashboard
) -> Callable[[], Awaitable[bool]]:
    """Says whether the session goes on, with the same role; watching does not prolong it."""

    async def goes_on() -> bool:
        if dashboard.door is not None:
            return await dashboard.door(request) is not None
        return await run_in_threadpool(still_known, dashboard, known)

    return goes_on


ROUTES = [Route(PATH, live_events, methods=["GET"])]
