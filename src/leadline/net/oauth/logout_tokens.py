"""The check of a logout token (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6): whose sessions
an issuer has ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from leadline.model.errors import TokenRefused
from leadline.net.oauth.id_tokens import LONGEST_SUBJECT
from leadline.net.oauth.signed import SignedToken, check_header, take_apart

LONGEST = 8 << 10
"""The longest logout token, in characters; it says little, and a stranger may send it."""
LASTS = timedelta(minutes=10)
"""How old one may be: issuers send it at once, and some leave out when it expires."""
_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_SKEW_S = 60.0


class EndedLogin(msgspec.Struct, frozen=True):
    """What an issuer has ended: the logins of `subject` ("": not said), or the one `session` at
    the issuer (`session_digest`; b"": all of the subject). `token` is the token's own id, ""
    without one."""

    subject: str
    session: bytes
    token: str


class _Claims(msgspec.Struct):
    """The claims that count; times are seconds since 1970. `exp` and `jti` came with the final
    text of the specification, and issuers of before leave them out."""

    iss: str
    aud: str | Sequence[str]
    iat: float
    events: Mapping[str, Any]
    sub: str = ""
    sid: str = ""
    jti: str = ""
    exp: float | None = None
    nonce: Any = msgspec.UNSET


def session_digest(issuer: str, session: str) -> bytes:
    """What is kept of a session at an issuer; b"" if the issuer names none."""
    return sha256(f"{issuer} {session}".encode()).digest() if session else b""


def read_logout_token(
    text: str, issuer: str, client_id: str, now: datetime
) -> tuple[SignedToken, EndedLogin]:
    """The token, with everything checked but its signature, and what it ends. Raises
    TokenRefused."""
    token, claims = take_apart(text, LONGEST, _Claims)
    check_header(token.header)
    if claims.iss != issuer:
        raise TokenRefused("the logout token is of another issuer (iss)")
    meant = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    if client_id not in meant:
        raise TokenRefused("the logout token is for another client (aud)")
    _check_times(claims, now.timestamp())
    if not isinstance(claims.events.get(_EVENT), dict):
        raise TokenRefused("the token is not about a logout (events)")
    if claims.nonce is not msgspec.UNSET:  # an ID token has one, and may not be taken for this
        raise TokenRefused("a logout token has no nonce")
    if not (claims.sub or claims.sid):
        raise TokenRefused("the logout token says neither whom nor what it ends (sub, sid)")
    if max(map(len, (claims.sub, claims.sid, claims.jti))) > LONGEST_SUBJECT:
        raise TokenRefused("sub, sid or jti of the logout token are too long")
    return token, EndedLogin(claims.sub, session_digest(issuer, claims.sid), claims.jti)


def _check_times(claims: _Claims, at: float) -> None:
    if not claims.iat - _SKEW_S <= at:
        raise TokenRefused("the logout token is of the future (iat); check the clocks")
    ends = claims.iat + LASTS.total_seconds() if claims.exp is None else claims.exp
    if not at < ends + _SKEW_S:
        raise TokenRefused("the logout token has expired (exp, iat)")
