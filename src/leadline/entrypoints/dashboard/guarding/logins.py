"""Logins: by a link that works once, and by a password, not too often."""

import ipaddress
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe

from leadline.entrypoints.dashboard.guarding.clients import plain_address
from leadline.model.staff.accounts import LoginLink, Session, UserAccount, digest_of
from leadline.ports.dashboard.accounts import Accounts

LINK_LASTS = timedelta(minutes=10)
"""How long a link logs somebody in."""
MOST_OF_ACCOUNT, MOST_OF_ADDRESS = 10, 50
"""How many logins may fail within `WITHIN`, for one account and from one address."""
WITHIN = timedelta(minutes=15)
TOKEN_PREFIX = "leadline_"  # noqa: S105 - of tokens, not one
"""The beginning of tokens of programs, by which scanners for secrets find them."""
_IDLE_SHARE = 4
_SEEN_EVERY = timedelta(minutes=1)
_SECRET_BYTES = 32
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")


class LoginFailure(StrEnum):
    """Why nobody was logged in."""

    WRONG = "wrong"
    TOO_OFTEN = "too_often"


def is_account_name(name: str) -> bool:
    """Whether an account can have this name: small letters, digits and `. _ @ + -`."""
    return bool(_NAME.fullmatch(name))


def make_link(accounts: Accounts, account: str, user: str, now: datetime) -> str:
    """The secret of a new link, good for one login within ten minutes: into *account*, or "" for
    the person at the machine. *user* is who asked for it."""
    secret = token_urlsafe(_SECRET_BYTES)
    accounts.offer(LoginLink(digest_of(secret), account, user, now + LINK_LASTS))
    return secret


def log_in_by_link(accounts: Accounts, secret: str, now: datetime, lasts: timedelta) -> str | None:
    """The secret of a session for who has the link; None if the link is used or over."""
    taken = accounts.take(digest_of(secret), now)
    if taken is None:
        return None
    return begin(accounts, taken.account, now, lasts, user=taken.user)


def log_in(
    accounts: Accounts, name: str, password: str, address: str, now: datetime
) -> UserAccount | LoginFailure:
    """The account with this name and password. Whether the name or the password was wrong can't be
    told by the answer, nor by how long it takes."""
    from leadline.entrypoints.dashboard.guarding.passwords import fits

    name = name.strip().lower()
    limits = {_key_of(name): MOST_OF_ACCOUNT, _key("address", _network(address)): MOST_OF_ADDRESS}
    attempts = accounts.attempt(limits, now - WITHIN, now)
    if not attempts:
        return LoginFailure.TOO_OFTEN
    account = accounts.account(name)
    if not fits(password, account.password if account is not None else "") or account is None:
        return LoginFailure.WRONG
    accounts.forgive(attempts)
    return account


def proves_password(
    accounts: Accounts, account: UserAccount, password: str, now: datetime
) -> LoginFailure | None:
    """Why somebody who is logged in to an account has not shown to know its password; None if they
    have. It counts as a login: else whoever finds a browser open could guess without end."""
    from leadline.entrypoints.dashboard.guarding.passwords import fits

    attempts = accounts.attempt({_key_of(account.name): MOST_OF_ACCOUNT}, now - WITHIN, now)
    if not attempts:
        return LoginFailure.TOO_OFTEN
    if not fits(password, account.password):
        return LoginFailure.WRONG
    accounts.forgive(attempts)
    return None


def attempt_by_issuer(accounts: Accounts, address: str, now: datetime) -> Sequence[int]:
    """Note an answer of the issuer that came from this address; nothing if there were too many
    that logged nobody in."""
    limits = {_key("issuer", _network(address)): MOST_OF_ADDRESS}
    return accounts.attempt(limits, now - WITHIN, now)


def attempt_to_log_out(accounts: Accounts, address: str, now: datetime) -> Sequence[int]:
    """Note a logout token that came from this address; nothing if too many of them did not
    count."""
    limits = {_key("issuer logout", _network(address)): MOST_OF_ADDRESS}
    return accounts.attempt(limits, now - WITHIN, now)


def begin(
    accounts: Accounts,
    account: str,
    now: datetime,
    lasts: timedelta,
    *,
    user: str = "",
    of_issuer: bytes = b"",
) -> str:
    """The secret of a new session; *user* and *of_issuer* as in `Session`."""
    accounts.tidy(now)
    secret = token_urlsafe(_SECRET_BYTES)
    session = Session(digest_of(secret), account, user, now, now, now + lasts, of_issuer)
    accounts.begin(session)
    return secret


def session_of(accounts: Accounts, secret: str, now: datetime, lasts: timedelta) -> Session | None:
    """The session of this secret; None if it has ended, also because nobody used it for a quarter
    of the time that sessions last. Its use is noted once a minute."""
    digest = digest_of(secret)
    session = accounts.session(digest, now)
    if session is None:
        return None
    if is_idle(session, now, lasts):
        accounts.end(digest)
        return None
    if now - session.seen_at >= min(_SEEN_EVERY, lasts / (10 * _IDLE_SHARE)):
        accounts.seen(digest, now)
    return session


def is_idle(session: Session, now: datetime, lasts: timedelta) -> bool:
    """Whether a session is over, since nobody used it or by settings that have changed."""
    return now - session.seen_at >= lasts / _IDLE_SHARE or now - session.began_at >= lasts


def csrf_of(secret: str) -> str:
    """The token that forms of a session carry: whoever has it can't get the session's secret."""
    return sha256(b"csrf:" + secret.encode()).hexdigest()


def _key_of(name: str) -> bytes:
    return _key("account", name)


def _key(kind: str, value: str) -> bytes:
    return sha256(f"{kind}:{value}".encode()).digest()


def _network(address: str) -> str:
    """The address, of IPv6 the network that one customer has."""
    address = plain_address(address)
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if ip.version == 4 else str(ipaddress.ip_network(f"{ip}/64", strict=False))
