"""Logins by an issuer that were begun: each is known by a cookie of the browser that began it."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.guarding.wanted import checked_lead
from leadline.net.oauth.code_flow import LoginAttempt

LASTS = timedelta(minutes=10)
"""How long a login may take."""
_NAME = "attempt"
_SECRET_BYTES = 32
_LONGEST = 120


def new_attempt(now: datetime, lead_id: str = "") -> LoginAttempt:
    """A login that begins now, and is to lead to a lead ("": to none); its secret says both."""
    return LoginAttempt(f"{token_urlsafe(_SECRET_BYTES)}.{int(now.timestamp())}.{lead_id}")


def lead_of_attempt(attempt: LoginAttempt) -> str:
    """The id of the lead that the login leads to; "" for none."""
    return checked_lead(attempt.secret.rpartition(".")[2])


def attempt_in(request: Request, now: datetime) -> LoginAttempt | None:
    """The login that this browser began and that may still end; None if there is none. Whoever
    writes another time has another secret, with another state."""
    secret = request.cookies.get(cookie_of(request), "")
    begun = secret.partition(".")[2].partition(".")[0]
    if len(secret) > _LONGEST or not begun.isascii() or not begun.isdecimal():
        return None
    age_s = now.timestamp() - int(begun)
    return LoginAttempt(secret) if -1 < age_s < LASTS.total_seconds() else None


def cookie_of(request: Request) -> str:
    """The name of the cookie, as that of the session (`sessions.cookie_name`)."""
    if request.url.scheme == "https":
        return f"__Host-leadline-{_NAME}"
    return f"leadline-{_NAME}-{request.url.port or 80}"


def set_attempt(
    request: Request, answer: Response, secret: str = "", lasts: timedelta = timedelta()
) -> None:
    """Let the browser keep the secret of an attempt; without one it forgets that of the last one.
    The answer of the issuer comes from another site: `Strict` would hold the cookie back."""
    answer.set_cookie(
        cookie_of(request), secret, max_age=int(lasts.total_seconds()), path="/",
        secure=request.url.scheme == "https", httponly=True, samesite="lax",
    )  # fmt: skip
