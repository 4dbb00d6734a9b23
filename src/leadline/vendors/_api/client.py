"""The one HTTP client of all CRMs: what came back, as a value; nothing here raises for the network.

Words of a result never hold a URL, a secret or an e-mail address.
"""

import re
import weakref
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import quote

import httpcore
import httpx
import msgspec

from leadline.model.errors import ConfigurationError
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.vendors._api.deadline import Deadlined, within

_MOST_BODY = 8 << 20
_MOST_WORDS = 200
_DEFAULT_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
_LOOKED_AT = 1000
_PRIVATE = re.compile(
    r"[^\s@\"'<>]+@[^\s@\"'<>]+|[\"'][^\"']*[\"']|\+?\d[\d ().-]{6,}\d|https?://\S+"
)
_WORD_KEYS = ("message", "error_description", "error_info", "errorCode", "code", "error")


class CrmReply(msgspec.Struct, frozen=True):
    """An answer that means something: 2xx, or a 4xx about what was asked for.

    `body` is decoded JSON; None where there was none, or (beside a 4xx) something else.
    Names of `headers` are in lower case.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = {}

    @property
    def well(self) -> bool:
        """Whether the CRM did what was asked."""
        return 200 <= self.status < 300


class Authorize(Protocol):
    """Who we are, as headers of a request."""

    def headers(self, client: "Client") -> Mapping[str, str] | Busy | Unreachable | Refused:
        """The headers of the next request; *client* can be asked for a token (`Client.send`)."""

    def renew(self, refused: Mapping[str, str]) -> bool:
        """The CRM has refused these headers; whether others may fare better."""


class Client:
    """Calls one CRM's API; safe for threads, its connections last.

    *base* is what every path is appended to; *timeout* bounds a whole call, however slowly the
    answer drips (only looking up the host's name takes as long as the resolver does).
    Raises ConfigurationError for a base that is no HTTP URL.
    """

    def __init__(
        self,
        base: str,
        timeout: timedelta,
        authorize: Authorize,
        headers: Mapping[str, str] = {},
    ) -> None:
        self._base = checked_base(base)
        self._timeout = timeout.total_seconds()
        self._authorize = authorize
        self._http = httpx.Client(
            transport=Deadlined(),
            headers={"user-agent": "leadline", "accept": "application/json", **headers},
            follow_redirects=False,  # a token must not reach another host
            trust_env=False,
        )
        weakref.finalize(self, self._http.close)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> CrmReply | Busy | Unreachable | Refused:
        """One request, with our credentials; once more with new ones if they have run out.

        A value of *query* or *form* that is a list is repeated. Refused "crm.unauthorized" is a
        401 that new credentials don't mend; other 4xx are a `CrmReply`.
        """
        with within(self._timeout):
            for last in (False, True):
                who = self._authorize.headers(self)
                if not isinstance(who, Mapping):
                    return who
                told = self.send(
                    method,
                    self._base + path,
                    query=query,
                    json=json,
                    form=form,
                    headers={**(headers or {}), **who},
                )
                if not isinstance(told, CrmReply) or told.status != 401:
                    return told
                if last or not self._authorize.renew(who):
                    return Refused("crm.unauthorized", words_of(told, who.values()))
        raise AssertionError("the second attempt is the last")

    def send(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> CrmReply | Busy | Unreachable | Refused:
        """One request to a whole URL, without our credentials; 401 is a `CrmReply` here."""
        sent = dict(headers or {})
        content = None
        if json is not None:
            content = msgspec.json.encode(json)
            sent["content-type"] = "application/json"
        try:
            with (
                within(self._timeout),
                self._http.stream(
                    method, url, params=query, content=content, data=form, headers=sent
                ) as answer,
            ):
                return _meaning(answer)
        except (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError) as error:
            return Unreachable(f"crm.{type(error).__name__}")
        except httpcore.TimeoutException:
            return Unreachable("crm.timeout")
        except httpx.InvalidURL:
            return Refused("crm.bad_url", "")


def checked_base(base: str) -> str:
    """The base of an API without a slash at its end; raises ConfigurationError for no HTTP URL."""
    try:
        url = httpx.URL(base)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("https", "http") or not url.host:
        raise ConfigurationError(
            "the url of a CRM must be a whole URL and start with https:// (or http://)"
        )
    return base.rstrip("/")


def quoted(part: str) -> str:
    """A record's id as one part of a path, whatever it contains."""
    return quote(part, safe="")


def words_of(reply: CrmReply, secrets: Iterable[str] = ()) -> str:
    """What the CRM says went wrong, shortened; without e-mail addresses, quoted values, numbers
    that may be phones, URLs and the *secrets*."""
    words = _found_words(reply.body)
    for secret in secrets:
        for shown in (secret, secret.rpartition(" ")[2]):
            words = words.replace(shown, "…") if len(shown) > 3 else words
    words = " ".join(_PRIVATE.sub("…", words[:_LOOKED_AT]).split())
    return (words or f"HTTP {reply.status}")[:_MOST_WORDS]


def words_about_record(reply: CrmReply) -> str:
    """`words_of` a refusal for what was written, as far as the first colon: behind it CRMs repeat
    the values."""
    return words_of(reply).partition(":")[0]


def refusal(reply: CrmReply) -> Refused:
    """A 4xx (or 3xx) as what it means for everything: 403 "crm.forbidden", else "crm.http_400"."""
    reason = "crm.forbidden" if reply.status == 403 else f"crm.http_{reply.status}"
    return Refused(reason, words_about_record(reply))


def _found_words(body: Any) -> str:
    if isinstance(body, list):
        return _found_words(body[0]) if body else ""
    if isinstance(body, dict):
        found = (_found_words(body[key]) for key in _WORD_KEYS if body.get(key))
        return next((words for words in found if words), "")
    return body if isinstance(body, str) else ""


def _meaning(answer: httpx.Response) -> CrmReply | Busy | Unreachable | Refused:
    status = answer.status_code
    if status >= 500 or status in (408, 425):
        return Unreachable(f"crm.http_{status}")
    if 300 <= status < 400:
        return Refused("crm.redirected", f"HTTP {status}")
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > _MOST_BODY:
            return Refused("crm.too_large", f"the answer is larger than {_MOST_BODY >> 20} MiB")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    try:
        value = msgspec.json.decode(body) if body.strip() else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if status < 300:
            return Unreachable("crm.broken_json")
        value = None
    reply = CrmReply(status, value, headers)
    return Busy(pause_of(headers), words_of(reply)) if status == 429 else reply


def pause_of(headers: Mapping[str, str]) -> timedelta:
    """How long to wait: `Retry-After` (seconds or a date), else `X-RateLimit-Reset` (seconds from
    now, or since 1970, or milliseconds since); from zero to an hour, half a minute if not told."""
    now = datetime.now(UTC)
    told = headers.get("retry-after") or headers.get("x-ratelimit-reset") or ""
    try:
        number = float(told)
        if number > 1e11:
            number /= 1000
        if number > 1e8:
            number -= now.timestamp()
        pause = timedelta(seconds=number)
    except OverflowError:
        pause = _LONGEST_PAUSE
    except ValueError:
        try:
            pause = parsedate_to_datetime(told) - now
        except (ValueError, TypeError, OverflowError):
            pause = _DEFAULT_PAUSE
    return min(max(pause, timedelta()), _LONGEST_PAUSE)
