"""Authenticating deliveries: in constant time, with several secrets and a replay window."""

import base64
import hmac
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import parse_qs, quote_plus

from leadline.model.errors import ConfigurationError, Unauthentic
from leadline.model.lead import Delivery
from leadline.model.texts.patterns import late
from leadline.settings.connected.sources import SourceConfig

_Key = TypeVar("_Key")
_STAMP = late(r"[0-9]{1,16}")
SHARED_PARAMETERS = ("key", "secret", "token")
"""The names under which a sender may put the shared secret in the query or in a body."""
WRONG_SIGNATURE = (
    "the signature is wrong: the sender signs with another secret, or body or URL were changed on "
    "the way"
)
NOTHING_CAME = (
    "no secret came: send it as ?key=… in the URL, as Authorization: Bearer …, or in the header "
    "X-Webhook-Secret"
)
ANOTHER_CAME = "the secret that came is another than the one that is set here"
OTHER_ORGANIZATION = "the organization that sends is another than the one that is set here"


def header(delivery: Delivery, *names: str) -> str:
    """The value of the first of these headers that is present. Raises Unauthentic if none is."""
    for name in names:
        value = delivery.headers.get(name)
        if value:
            return value.strip()
    raise Unauthentic(
        f"the header {names[0]} is missing; is the secret set at the sender, so that it signs?"
    )


def check_any(
    secrets: Iterable[_Key],
    expected: Callable[[_Key], bytes],
    given: Iterable[bytes],
    wrong: str = WRONG_SIGNATURE,
) -> None:
    """Check that one of the *given* signatures is the *expected* one for one of the secrets, each
    of which may come with what else is signed. Raises Unauthentic, with *wrong* as its words,
    otherwise."""
    given = list(given)
    fits = False
    for secret in secrets:
        try:
            wanted = expected(secret) if secret else b""
        except (ValueError, ConfigurationError):
            continue  # the secret is not in the vendor's format, so nothing can match it
        if not wanted:
            continue  # an empty secret would admit everybody
        for signature in given:
            fits |= hmac.compare_digest(wanted, signature)
    if not fits:
        raise Unauthentic(wrong)


def mac(key: bytes, message: bytes, algorithm: str = "sha256") -> bytes:
    """The HMAC of the message."""
    return hmac.digest(key, message, algorithm)


def hexed(value: bytes) -> bytes:
    """The value in lower-case hexadecimal."""
    return value.hex().encode()


def base64ed(value: bytes) -> bytes:
    """The value in base64."""
    return base64.b64encode(value)


def check_window(delivery: Delivery, stamp: str, config: SourceConfig, unit_s: float = 1) -> None:
    """Check that the signed timestamp is within the replay window around the time of receipt.
    *unit_s* is the unit of the timestamp in seconds (0.001 for milliseconds). Raises Unauthentic
    otherwise."""
    if not _STAMP.fullmatch(stamp):
        raise Unauthentic("the timestamp is not a number")
    try:
        at = datetime.fromtimestamp(int(stamp) * unit_s, UTC)
    except (ValueError, OverflowError, OSError):
        raise Unauthentic("the timestamp is out of range") from None
    age = delivery.received_at - at
    if abs(age) > config.tolerance:
        off = "too old" if age > timedelta() else "in the future"
        raise Unauthentic(
            f"the timestamp is {off}: {abs(age).total_seconds():.0f} s, where the replay window is "
            f"{config.tolerance.total_seconds():.0f} s; check the clocks of the sender and of this "
            "server"
        )


def check_shared(
    delivery: Delivery, config: SourceConfig, *told: str | bytes, named: bool = True
) -> None:
    """Check a shared secret: in the URL's query, as a bearer token, in the header
    `X-Webhook-Secret`, or *told*, the values that the source found elsewhere; *named* is whether
    these were sent as secrets. Passes if no secret is set; raises Unauthentic otherwise."""
    if not config.secret:
        return
    asked = parameters(delivery.url)
    given = [value for name in SHARED_PARAMETERS for value in asked.get(name, ())]
    bearer = delivery.headers.get("authorization", "")
    if bearer[:7].lower() == "bearer ":
        given.append(bearer[7:].strip())
    given.append(delivery.headers.get("x-webhook-secret", ""))
    came = any(given) or (named and any(told))
    words = ANOTHER_CAME if came else NOTHING_CAME
    check_any(config.secret, str.encode, [octets(g) for g in (*given, *told) if g], words)


def octets(text: str | bytes) -> bytes:
    """The bytes of a value from a header, a URL or a body, for comparison only."""
    return text if isinstance(text, bytes) else text.encode(errors="surrogatepass")


def without_secrets(body: bytes, config: SourceConfig) -> bytes:
    """The body with every configured secret replaced by stars, as JSON and as forms write it."""
    for secret in filter(None, config.secret):
        for written in {secret, quote_plus(secret)}:
            body = body.replace(octets(written), b"***")
    return body


def parameters(url: str) -> dict[str, list[str]]:
    """The query parameters of a URL, with a list of values each; {} if they can't be parsed."""
    _, _, query = url.partition("?")
    try:
        return parse_qs(query, max_num_fields=100) if query else {}
    except ValueError:
        return {}


def seconds(at: datetime) -> str:
    """The time in whole seconds since 1970, as text."""
    return str(int(at.timestamp()))


def milliseconds(at: datetime) -> str:
    """The time in milliseconds since 1970, as text."""
    return str((at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))
