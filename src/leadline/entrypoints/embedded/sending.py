"""Sending responses over ASGI."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from leadline.entrypoints.reception import problem_of
from leadline.model.errors import LeadlineError

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def send_problem(send: Send, error: LeadlineError) -> None:
    """Send the problem response for an error."""
    answer = problem_of(error)
    extra: list[tuple[bytes, bytes]] = []
    if error.retry_after is not None:
        extra.append((b"retry-after", str(error.retry_after).encode()))
    if error.status in (400, 413):
        extra.append((b"connection", b"close"))  # the rest of the body may still arrive
    await send_answer(send, error.status, answer.body, answer.media_type.encode(), extra)


async def send_answer(
    send: Send,
    status: int,
    body: bytes,
    media_type: bytes = b"application/json",
    extra: list[tuple[bytes, bytes]] | None = None,
) -> None:
    """Send a whole response; *extra* are further header fields."""
    headers = [(b"content-type", media_type), (b"content-length", b"%d" % len(body))]
    if extra:
        headers += extra
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
