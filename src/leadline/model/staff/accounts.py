"""Who may look at the dashboard: accounts, and what proves that somebody has one.

Of links, sessions and tokens only the SHA-256 digest is kept: they have 256 bits of chance, so that
nobody finds them by trying.
"""

from datetime import datetime
from enum import IntEnum
from hashlib import sha256

import msgspec


class UserRole(IntEnum):
    """What an account may do; a higher one may do all that a lower one may.

    A VIEWER sees leads with personal data masked. An OPERATOR sees everything, and acts on leads.
    An ADMIN manages accounts, tokens and settings, too.
    """

    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3

    @property
    def word(self) -> str:
        """The role as people write it, such as `viewer`."""
        return self.name.lower()


class UserAccount(msgspec.Struct, frozen=True):
    """An account of the dashboard.

    `name` is what one logs in with, in small letters. `password` is an argon2id hash as PHC string;
    "" if one can only log in by a link. `person` is who it is in `[people]`, "" for nobody of
    these. `zone` is the IANA time zone in which times are shown. Whoever logs in by an issuer
    (OpenID Connect) is known by `issuer` and `subject`, both "" for others.
    """

    name: str
    role: UserRole
    created_at: datetime
    password: str = ""
    person: str = ""
    zone: str = "UTC"
    issuer: str = ""
    subject: str = ""


class LoginLink(msgspec.Struct, frozen=True):
    """A link that logs somebody in once, until `ends_at`: into `account`, or "" for the person at
    the machine, who may do everything. `user` is who made it on the machine."""

    digest: bytes
    account: str
    user: str
    ends_at: datetime


class Session(msgspec.Struct, frozen=True):
    """A login, until `ends_at`; `seen_at` is about when it was last used. `account` and `user` are
    as of `LoginLink`; `user` is "" after a login by password or by an issuer. `of_issuer` is a
    digest of the session at the issuer that it belongs to, b"" for none."""

    digest: bytes
    account: str
    user: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    of_issuer: bytes = b""


class Scope(IntEnum):
    """What a program may do with a token: READ, or also WRITE."""

    READ = 1
    WRITE = 2

    @property
    def word(self) -> str:
        """The scope as people write it, such as `read`."""
        return self.name.lower()


class ApiToken(msgspec.Struct, frozen=True):
    """A token of a program, until `ends_at`. `name` says what it is for, `by` who made it, and
    `account` with which account ("": by a command on the machine), without which it is not good.
    What it reads is what `role` sees. `seen_at` is about when it was last used (None: never)."""

    name: str
    digest: bytes
    scope: Scope
    role: UserRole
    by: str
    created_at: datetime
    ends_at: datetime
    seen_at: datetime | None = None
    account: str = ""


def digest_of(secret: str) -> bytes:
    """What is kept of a link, a session or a token."""
    return sha256(secret.encode()).digest()
