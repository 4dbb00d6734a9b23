"""Who looks at a page, and what they may see and do."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from leadline.model.staff.accounts import UserRole

Handler = Callable[[Request], Awaitable[Response]]
"""Answers a request of somebody who may make it."""


class Who(msgspec.Struct, frozen=True):
    """Who makes a request: the name of their account, their role, the time zone in which they see
    times, who they are in `[people]` ("": none of these), and the issuer by which they log in.

    `kind` is that of the actor in the audit log: a person with an account, a person who runs
    commands on the machine and came by a link (`command`), or a program (`token`).
    """

    name: str
    role: UserRole
    zone: str = "UTC"
    person: str = ""
    kind: str = "person"
    issuer: str = ""

    @property
    def actor(self) -> str:
        """Who it is in the audit log, such as `person:ada`."""
        return f"{self.kind}:{self.person or self.name}"

    @property
    def has_account(self) -> bool:
        """Whether they logged in to an account, whose password and zone they may change."""
        return self.kind == "person"

    @property
    def sees_personal_data(self) -> bool:
        """Whether personal data is shown as it is; it is masked otherwise."""
        return self.role >= UserRole.OPERATOR

    @property
    def may_act(self) -> bool:
        """Whether they may change what becomes of leads."""
        return self.role >= UserRole.OPERATOR

    @property
    def may_administer(self) -> bool:
        """Whether they may change accounts, tokens and settings."""
        return self.role >= UserRole.ADMIN


class KnownUser(msgspec.Struct, frozen=True):
    """Who makes a request, and how that is known.

    `csrf` is the token that their forms carry; "" for a program with a token, which no page can
    make a browser send. `session` is the digest of the session, `may_write` whether they may change
    anything at all, and `by_link` whether they logged in by a link.
    """

    who: Who
    csrf: str = ""
    session: bytes = b""
    may_write: bool = True
    by_link: bool = False


def known_user(request: Request) -> KnownUser:
    """Who makes the request. Every route that is not open to all has somebody."""
    known = request.state.known
    assert isinstance(known, KnownUser)  # noqa: S101 - `access` lets nobody else through
    return known


def who_asks(request: Request) -> Who:
    """Who makes the request, without how that is known."""
    return known_user(request).who


def for_role(lowest: UserRole, handler: Handler) -> Handler:
    """The handler for those with at least this role; others are answered with 403."""

    async def guarded(request: Request) -> Response:
        if who_asks(request).role < lowest:
            raise HTTPException(403, f"This needs the role {lowest.word}.")
        return await handler(request)

    return guarded
