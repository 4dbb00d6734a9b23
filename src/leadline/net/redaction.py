"""The words of others, made fit for logs and dead letters."""

import re
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

DEFAULT_HOLD = timedelta(minutes=1)
"""How long a destination is left alone that says it is busy and not for how long."""

_MOST = 200
_LOOKED_AT = 4000
_ADDRESS = re.compile(r"[^\s<>\"'(),;:=]+@[^\s<>\"'(),;:=]+")
_VALUE = re.compile(
    r"[^\s@\"'<>]+@[^\s@\"'<>]+|[\"'][^\"']*[\"']|\+?\d[\d ().-]{6,}\d|https?://\S+"
)
_SHORTEST_SECRET = 4
_SHORTEST_PIECE = 6  # shorter parts of a URL are ordinary words


def shortened(words: str, secrets: Iterable[str] = (), *, values: bool = True) -> str:
    """The words on one line, without e-mail addresses and without these *secrets*.

    Without *values* also what is quoted, numbers that may be phones and URLs are left out, since
    a CRM repeats what it was sent.
    """
    one = " ".join(words[:_LOOKED_AT].split())
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            one = one.replace(secret, "…")
    return " ".join((_ADDRESS if values else _VALUE).sub("…", one).split())[:_MOST]


def secrets_of(url: str) -> tuple[str, ...]:
    """What of a URL must not be told: the whole, and every part of it but scheme and host."""
    parts = urlsplit(url)
    pieces = [url, parts.path, parts.query, parts.username or "", parts.password or ""]
    pieces += parts.path.split("/")
    pieces += [value for pair in parts.query.split("&") for value in pair.split("=")[1:]]
    return tuple(dict.fromkeys(piece for piece in pieces if len(piece) >= _SHORTEST_PIECE))
