"""Redaction of texts from outside, for logs and dead letters."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from leadline.model.texts.patterns import late

DEFAULT_HOLD = timedelta(minutes=1)
"""The pause after a destination said that it is busy, but not for how long."""

_MOST = 200
_LOOKED_AT = 4000
_ADDRESS = late(r"[^\s<>\"'(),;:=]+@[^\s<>\"'(),;:=]+")
_NO_ADDRESS = r"[\"'][^\"']*[\"']|\+?\d[\d ().-]{6,}\d|https?://\S+"
_VALUE = late(rf"[^\s@\"'<>]+@[^\s@\"'<>]+|{_NO_ADDRESS}")
_VALUE_WITHOUT_AT = late(_NO_ADDRESS)
_SHORTEST_SECRET = 4
_SHORTEST_PIECE = 6  # shorter parts of a URL are ordinary words


def shortened(words: str, secrets: Iterable[str] = (), *, values: bool = True) -> str:
    """The words, shortened to one line, without e-mail addresses and these *secrets*.

    If *values* is false, quoted texts, possible phone numbers and URLs are removed as well, since a
    CRM repeats values that it was sent.
    """
    one = " ".join(words[:_LOOKED_AT].split())
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            one = one.replace(secret, "…")
    if "@" in one:  # without it no word can begin an address, and each would be tried as one
        one = (_ADDRESS if values else _VALUE).sub("…", one)
    elif not values:
        one = _VALUE_WITHOUT_AT.sub("…", one)
    return " ".join(one.split())[:_MOST]


def secrets_of(url: str) -> tuple[str, ...]:
    """The secrets of a URL: the URL itself, and all of its parts except scheme and host."""
    parts = urlsplit(url)
    pieces = [url, parts.path, parts.query, parts.username or "", parts.password or ""]
    pieces += parts.path.split("/")
    pieces += [value for pair in parts.query.split("&") for value in pair.split("=")[1:]]
    return tuple(dict.fromkeys(piece for piece in pieces if len(piece) >= _SHORTEST_PIECE))
