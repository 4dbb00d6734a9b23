"""The check of an ID token (OpenID Connect Core 1.0, 3.1.3.7): whom an issuer has logged in, for
this client, in answer to this request."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from leadline.model.errors import TokenRefused
from leadline.net.oauth.signed import SignedToken, check_header, take_apart

LONGEST = 64 << 10
"""The longest ID token, in characters: one that names hundreds of groups has 10,000."""
LONGEST_SUBJECT = 255
_SKEW_S = 60.0


class Identity(msgspec.Struct, frozen=True):
    """Whom an issuer has logged in: `subject` is theirs for ever. `email` is "" unless the issuer
    says that it is verified; `username` may be chosen by themselves. `claims` are all of them,
    `session` names their session at the issuer ("": it does not say)."""

    issuer: str
    subject: str
    email: str
    username: str
    claims: Mapping[str, Any]
    session: str = ""


class _Claims(msgspec.Struct):
    """The claims that count here; times are seconds since 1970."""

    iss: str
    sub: str
    aud: str | Sequence[str]
    exp: float
    iat: float
    nonce: str = ""
    azp: str | None = None
    nbf: float | None = None


def read_id_token(
    text: str, issuer: str, client_id: str, nonce: str, now: datetime
) -> tuple[SignedToken, Identity]:
    """The token, with everything checked but its signature, and whom it names. Raises
    TokenRefused."""
    token, claims = take_apart(text, LONGEST, _Claims)
    check_header(token.header)
    if claims.iss != issuer:
        raise TokenRefused("the ID token is of another issuer (iss)")
    _check_audience(claims, client_id)
    _check_times(claims, now.timestamp())
    if not hmac.compare_digest(claims.nonce.encode(), nonce.encode()):
        raise TokenRefused("the ID token answers another request (nonce)")
    if not 0 < len(claims.sub) <= LONGEST_SUBJECT:
        raise TokenRefused("the ID token does not say whom it is about (sub)")
    try:
        all_claims = msgspec.json.decode(token.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # What stands in claims that do not count above was skipped there.
        raise TokenRefused("the claims of the ID token can't be read") from None
    return token, _identity(claims.iss, claims.sub, all_claims)


def _check_audience(claims: _Claims, client_id: str) -> None:
    """It must be for us; one that is for others, too, must have been given to us."""
    meant = [claims.aud] if isinstance(claims.aud, str) else list(claims.aud)
    if client_id not in meant:
        raise TokenRefused("the ID token is for another client (aud)")
    if claims.azp != client_id and (claims.azp is not None or len(meant) > 1):
        raise TokenRefused("the ID token was given to another client (azp)")


def _check_times(claims: _Claims, at: float) -> None:
    if not at < claims.exp + _SKEW_S:
        raise TokenRefused("the ID token has expired (exp)")
    if not claims.iat - _SKEW_S <= at:
        raise TokenRefused("the ID token is of the future (iat); check the clocks")
    if claims.nbf is not None and not claims.nbf - _SKEW_S <= at:
        raise TokenRefused("the ID token is not valid yet (nbf); check the clocks")


def with_claims(identity: Identity, more: Mapping[str, Any]) -> Identity:
    """The identity with further claims that its issuer makes. Those that are there stay, and an
    address goes with the word whether it is verified."""
    kept = dict(identity.claims)
    address = ("email", "email_verified")
    added = {name: one for name, one in more.items() if name not in kept and name not in address}
    if "email" not in kept:
        added |= {name: more[name] for name in address if name in more}
        kept.pop("email_verified", None)
    made = _identity(identity.issuer, identity.subject, {**kept, **added})
    return msgspec.structs.replace(made, session=identity.session)


def _identity(issuer: str, subject: str, claims: Mapping[str, Any]) -> Identity:
    is_verified = claims.get("email_verified") in (True, "true")  # some write it as text
    session = _text(claims, "sid")
    return Identity(
        issuer,
        subject,
        _text(claims, "email").lower() if is_verified else "",
        _text(claims, "preferred_username"),
        claims,
        session if len(session) <= LONGEST_SUBJECT else "",
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""
