"""Sending responses over ASGI."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from leadline.entrypoints.reception import problem_of
from leadline.model.errors import LeadlineError
from leadline.ports.source import Answer

_PLAIN = re.compile(r"[\t\x20-\x7e\x80-\xff]*")

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def send_problem(send: Send, error: LeadlineError) -> None:
    """Send the problem response for an error."""
    await send_refusal(send, problem_of(error))


async def send_refusal(send: Send, answer: Answer) -> None:
    """Send the response to a request that is refused."""
    extra = header_fields(answer)
    if closes(answer):
        extra.append((b"connection", b"close"))
    await send_answer(send, answer.status, answer.body, answer.media_type.encode(), extra)


def closes(answer: Answer) -> bool:
    """Whether an answer ends the connection, because the rest of the body may still arrive."""
    return answer.status in (400, 413)


def check_fields(answer: Answer) -> None:
    """Raise ValueError if a header field of an answer could end its line, and begin another."""
    for name, value in answer.headers.items():
        if not _PLAIN.fullmatch(value):
            raise ValueError(f"the header field {name} of an answer has control characters")


def header_fields(answer: Answer) -> list[tuple[bytes, bytes]]:
    """The further header fields of an answer, as ASGI sends them."""
    return [(name.encode(), value.encode("latin-1")) for name, value in answer.headers.items()]


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
