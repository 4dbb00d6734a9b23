"""Buttons and commands from Slack, for the embedded server.

Slack expects an answer within three seconds, so the store works in its own thread and the event
loop never waits for it. A press is answered with an empty 200 within two seconds; its result is
sent to the `reply_url` that Slack gave.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from leadline.channels.slack.answers import answer_to_one
from leadline.channels.slack.replies import NOT_SAVED, PressReply
from leadline.channels.slack.requests import read_command, read_press, signed
from leadline.entrypoints.slack_endpoint import (
    COMMANDS,
    NOT_READ,
    NOTHING,
    SlackEndpoint,
    reply_to,
)
from leadline.journey.responding.claiming import ActionStore, Press
from leadline.model.errors import LeadlineError, Overloaded, StorageFailed
from leadline.model.texts.json_text import as_json_text
from leadline.net.posting import JSON, Poster
from leadline.ports.messenger import Unreachable
from leadline.ports.source import Answer

log = logging.getLogger(__name__)

CountRequest = Callable[[str, str], None]
"""Counts a request: what it was (a button's action, "command", "other") and its result."""

T = TypeVar("T")

_ANSWER_WITHIN_S = 2.0
_CLOSE_WITHIN_S = 8.0
_REPLY_WITHIN_S = 5.0
_MOST_UNDER_WAY = 256
_REPLIERS = 8


class SlackRequests:
    """Answers Slack's requests.

    *store* is used only by this object's own thread; *unowned* returns leads without an owner. The
    caller closes this object, and the store after it.
    """

    def __init__(
        self,
        endpoint: SlackEndpoint,
        store: ActionStore,
        unowned: Callable[[], Sequence[str]],
        count_request: CountRequest = lambda _what, _result: None,
    ) -> None:
        self._endpoint = endpoint
        self._store = store
        self._unowned = unowned
        self._count_request = count_request
        self._pool = ThreadPoolExecutor(1, "slack-press")
        self._replies = ThreadPoolExecutor(_REPLIERS, "slack-replies")
        self._poster = Poster("slack", _REPLY_WITHIN_S)
        self._under_way: set[asyncio.Task[Any]] = set()

    async def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one request; raises LeadlineError for a request that is refused."""
        what = "command" if path == COMMANDS else "other"
        try:
            signed(self._endpoint.secrets, headers, body, datetime.now(UTC))
            if path == COMMANDS:
                return await self._command(body)
            request = read_press(body, self._endpoint.replies)
            if request is None:
                self._count_request(what, "ignored")
                return NOTHING
            what = request.action
            return await self._press(request)
        except StorageFailed:
            raise  # counted as failed already
        except LeadlineError:
            self._count_request(what, "refused")
            raise

    async def close(self) -> None:
        """Finish the presses, and the replies that are under way; other replies are dropped."""
        if self._under_way:
            await asyncio.wait({*self._under_way}, timeout=_CLOSE_WITHIN_S)
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
        await asyncio.to_thread(self._replies.shutdown, cancel_futures=True)

    async def _press(self, request: Press) -> Answer:
        work = self._start(self._carried_out(request))
        done, _ = await asyncio.wait({work}, timeout=_ANSWER_WITHIN_S)
        if done and work.result() is NOT_SAVED and not request.reply_url:
            raise StorageFailed  # then Slack shows its own warning, the only possible reply
        return NOTHING

    async def _carried_out(self, request: Press) -> PressReply:
        now = datetime.now(UTC)
        reply = await _in(self._pool, lambda: self._endpoint.press(self._store, request, now))
        result = "changed" if reply.changed else "failed" if reply is NOT_SAVED else "unchanged"
        self._count_request(request.action, result)
        if request.reply_url:
            self._replies.submit(self._reply, request.reply_url, reply_to(reply))
        return reply

    async def _command(self, body: bytes) -> Answer:
        command = read_command(body)
        if command is None:
            return NOTHING
        now = datetime.now(UTC)
        work = self._start(
            _in(
                self._pool, lambda: self._endpoint.command(self._store, command, now, self._unowned)
            )
        )
        done, _ = await asyncio.wait({work}, timeout=_ANSWER_WITHIN_S)
        self._count_request("command", "answered" if done else "failed")
        return Answer(work.result() if done else as_json_text(answer_to_one(NOT_READ)))

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        if len(self._under_way) >= _MOST_UNDER_WAY:
            work.close()
            raise Overloaded
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    def _reply(self, url: str, body: bytes) -> None:
        """Send the reply to the person who pressed; once more if there was no response."""
        for _ in range(2):
            reply = self._poster.post(url, body, {"content-type": JSON})
            if not isinstance(reply, Unreachable):
                break
        if isinstance(reply, Unreachable) or reply.status != 200:
            why = reply.words if isinstance(reply, Unreachable) else f"http_{reply.status}"
            log.warning("press.not_answered", extra={"error": why})


async def _in(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work)
