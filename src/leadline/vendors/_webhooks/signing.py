"""How deliveries are authenticated: constant time, several secrets, a replay window."""

import base64
import hmac
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote_plus

from leadline.model.errors import ConfigurationError, Unauthentic
from leadline.model.lead import Delivery
from leadline.settings.sources import SourceConfig

_STAMP = re.compile(r"[0-9]{1,16}")
SHARED_PARAMETERS = ("key", "secret", "token")
"""Where a sender may put the shared secret, in the query and in a body."""


def header(delivery: Delivery, *names: str) -> str:
    """The first of these headers that is there; raises Unauthentic when none is."""
    for name in names:
        value = delivery.headers.get(name)
        if value:
            return value.strip()
    raise Unauthentic(f"the header {names[0]} is missing")


def check_any(
    secrets: Iterable[str], expected: Callable[[str], bytes], given: Iterable[bytes]
) -> None:
    """Pass when one of the given signatures is what one of the secrets demands."""
    given = list(given)
    fits = False
    for secret in secrets:
        try:
            wanted = expected(secret) if secret else b""
        except (ValueError, ConfigurationError):
            continue  # this secret is not of the vendor's form, so nothing can match it
        if not wanted:
            continue  # an empty secret would let everybody in
        for signature in given:
            fits |= hmac.compare_digest(wanted, signature)
    if not fits:
        raise Unauthentic("the signature does not fit")


def mac(key: bytes, message: bytes, algorithm: str = "sha256") -> bytes:
    """HMAC of the message."""
    return hmac.digest(key, message, algorithm)


def hexed(value: bytes) -> bytes:
    """As lower-case hex."""
    return value.hex().encode()


def base64ed(value: bytes) -> bytes:
    """As base64."""
    return base64.b64encode(value)


def check_window(delivery: Delivery, stamp: str, config: SourceConfig, unit_s: float = 1) -> None:
    """The signed time must be near the time of receipt, either way; *unit_s* is 0.001 for ms."""
    if not _STAMP.fullmatch(stamp):
        raise Unauthentic("the time stamp is not a number")
    try:
        at = datetime.fromtimestamp(int(stamp) * unit_s, UTC)
    except (ValueError, OverflowError, OSError):
        raise Unauthentic("the time stamp is out of range") from None
    if abs(delivery.received_at - at) > config.tolerance:  # the future is as wrong as the past
        raise Unauthentic("the time stamp is outside the replay window")


def check_shared(delivery: Delivery, config: SourceConfig, *told: str | bytes) -> None:
    """A secret that the sender carries along: in the URL, as a bearer token, in a header, or where
    else the source has found what the sender *told*."""
    if not config.secret:
        return
    asked = parameters(delivery.url)
    given = [value for name in SHARED_PARAMETERS for value in asked.get(name, ())]
    bearer = delivery.headers.get("authorization", "")
    if bearer[:7].lower() == "bearer ":
        given.append(bearer[7:].strip())
    given.append(delivery.headers.get("x-webhook-secret", ""))
    check_any(config.secret, str.encode, [octets(g) for g in (*given, *told) if g])


def octets(text: str | bytes) -> bytes:
    """The bytes of what a header, a URL or a body said, whatever was in it; for comparing only."""
    return text if isinstance(text, bytes) else text.encode(errors="surrogatepass")


def without_secrets(body: bytes, config: SourceConfig) -> bytes:
    """The body with stars for every secret of ours in it, as JSON and as forms write them."""
    for secret in filter(None, config.secret):
        for written in {secret, quote_plus(secret)}:
            body = body.replace(octets(written), b"***")
    return body


def parameters(url: str) -> dict[str, list[str]]:
    """What the query of a URL says, each name with its values; {} where it can't be read."""
    _, _, query = url.partition("?")
    try:
        return parse_qs(query, max_num_fields=100) if query else {}
    except ValueError:
        return {}


def seconds(at: datetime) -> str:
    """The time as whole seconds since 1970."""
    return str(int(at.timestamp()))


def milliseconds(at: datetime) -> str:
    """The time as milliseconds since 1970."""
    return str((at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))
