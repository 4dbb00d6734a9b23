"""What somebody is told of an action, and forms that are done once however often they are sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request

from leadline.entrypoints.dashboard.dashboard import Dashboard, dashboard_of
from leadline.entrypoints.dashboard.forms import SentForm
from leadline.entrypoints.dashboard.guarding.roles import Who

TOKEN_FIELD, TOLD = "form", "told"
"""The field of the token that each form has of its own; the part of a URL that names what somebody
is told."""
_TOKEN_BYTES = 16
_DIGEST_CHARS = 64


class ActionResult(StrEnum):
    """What came of an action: it was DONE, somebody else was faster (CONFLICT), or it is not
    possible (REFUSED)."""

    DONE = "done"
    CONFLICT = "conflict"
    REFUSED = "refused"


class Told(msgspec.Struct, frozen=True):
    """What somebody is told of their action, in words without personal data of a lead."""

    words: str
    result: ActionResult = ActionResult.DONE


_UNDER_WAY = Told("This was sent before, and is being done.")


def form_token() -> str:
    """The token of one form on one page."""
    return token_urlsafe(_TOKEN_BYTES)


def digest_of_form(who: Who, path: str, form: SentForm) -> bytes:
    """The same for a form that is sent again, and for no other."""
    fields = sorted((name, *form.all_of(name)) for name in form)
    return sha256(repr((who.kind, who.name, path, fields)).encode()).digest()


def once(dashboard: Dashboard, digest: bytes, do: Callable[[], Told]) -> Told:
    """Do what a form asks for, and keep what is told of it; when it is sent again, tell the same.
    After an error it may be sent again. Call it in a thread."""
    book = dashboard.book
    if not book.once(digest, dashboard.clock()):
        return _told_in(book.answered(digest)) or _UNDER_WAY
    try:
        told = do()
    except BaseException:
        book.forget_form(digest)
        raise
    book.answer(digest, msgspec.json.encode(told).decode())
    return told


def with_told(path: str, digest: bytes) -> str:
    """The path of a page that is to tell what came of a form."""
    return f"{path}?{urlencode({TOLD: digest.hex()})}"


def told_to(request: Request) -> Told | None:
    """What a page is to tell, if it was led to by a form. Call it in a thread."""
    named = request.query_params.get(TOLD, "")
    try:
        digest = bytes.fromhex(named) if len(named) == _DIGEST_CHARS else b""
    except ValueError:
        return None
    return _told_in(dashboard_of(request).book.answered(digest)) if digest else None


def _told_in(answer: str) -> Told | None:
    return msgspec.json.decode(answer, type=Told) if answer else None


def ago_words(at: datetime | None, now: datetime) -> str:
    """How long ago something was, such as `3 s ago`."""
    if at is None:
        return "before"
    span = max(now - at, timedelta())
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if span >= timedelta(seconds=size):
            return f"{int(span.total_seconds() // size)} {unit} ago"
    return f"{int(span.total_seconds())} s ago"
