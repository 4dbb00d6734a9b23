"""The HTTP client for all CRM APIs. Answers and network errors are returned as values.

Messages in results never contain a URL, a secret or an e-mail address.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import msgspec

from leadline.net.address import check_url
from leadline.net.client import BAD_URL, HttpClient, NoReply, unpacked
from leadline.net.deadline import within
from leadline.net.noting import note_request
from leadline.net.redaction import shortened
from leadline.net.reply import HttpReply
from leadline.net.retry_after import pause_of
from leadline.ports.messenger import Busy, Refused, Unreachable

_MOST_BODY = 8 << 20
_WORD_KEYS = ("message", "error_description", "error_info", "errorCode", "code", "error")


class CrmReply(msgspec.Struct, frozen=True):
    """An answer with status 2xx, or a 4xx about the content of the request.

    `body` is the decoded JSON; None if the body was empty or, with a 4xx, not JSON. The names of
    `headers` are in lower case.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = {}

    @property
    def well(self) -> bool:
        """Whether the request succeeded."""
        return 200 <= self.status < 300


class Authorize(Protocol):
    """Authenticates requests by headers."""

    def headers(self, client: "Client") -> Mapping[str, str] | Busy | Unreachable | Refused:
        """The headers for the next request; *client* can fetch a token (`Client.send`)."""

    def renew(self, refused: Mapping[str, str]) -> bool:
        """Called after the CRM refused these headers; returns whether a retry may succeed."""


class Client:
    """A client of one CRM's API. It is thread-safe and keeps connections open.

    *base* is the URL to which paths are appended. *timeout* limits a whole call, however slowly the
    answer arrives, except for the DNS lookup, which takes as long as the resolver does. Calls are
    noted (`ports.store_parts.exchanges`) without credentials and *secrets*, and with the path of
    the URL if the client *shows_path*.
    Raises ConfigurationError if *base* is not an HTTP URL.
    """

    def __init__(
        self,
        base: str,
        timeout: timedelta,
        authorize: Authorize,
        headers: Mapping[str, str] = {},
        *,
        secrets: Iterable[str] = (),
        shows_path: bool = True,
    ) -> None:
        self._base = checked_base(base)
        self._secrets = tuple(secrets)
        self._shows_path = shows_path
        self._timeout = timeout.total_seconds()
        self._authorize = authorize
        self._http = HttpClient(self._timeout, keep=True)
        self._headers = {"accept": "application/json", "accept-encoding": "gzip", **headers}

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
        """Send one request with credentials; retry it once with new ones if they have expired.

        A list in *query* or *form* becomes a repeated parameter. Returns Refused "crm.unauthorized"
        for a 401 that new credentials don't cure, and a `CrmReply` for other 4xx.
        """
        with within(self._timeout):
            for last in (False, True):
                who = self._authorize.headers(self)
                if not isinstance(who, Mapping):
                    return who
                reply = self.send(
                    method,
                    self._base + path,
                    query=query,
                    json=json,
                    form=form,
                    headers={**(headers or {}), **who},
                    hidden=(*who.values(), *self._secrets),
                )
                if not isinstance(reply, CrmReply) or reply.status != 401:
                    return reply
                if last or not self._authorize.renew(who):
                    return Refused("crm.unauthorized", words_of(reply, who.values()))
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
        hidden: Iterable[str] | None = None,
    ) -> CrmReply | Busy | Unreachable | Refused:
        """Send one request to a full URL without credentials; a 401 is a `CrmReply` here. It is
        noted without the *hidden* texts; None: it is not noted, because it is about tokens."""
        sent = {**self._headers, **(headers or {})}
        body = None
        if json is not None:
            body = msgspec.json.encode(json)
            sent["content-type"] = "application/json"
        elif form is not None:
            body = urlencode([*_pairs(form)]).encode()
            sent["content-type"] = "application/x-www-form-urlencoded"
        if query:
            url += ("&" if "?" in url else "?") + urlencode([*_pairs(query)])
        reply = self._http.request(method, url, body, sent, _MOST_BODY)
        if hidden is not None:
            note_request(method, url, body, reply, hidden, shows_path=self._shows_path)
        if isinstance(reply, HttpReply):
            return _meaning(reply)
        return Refused("crm.bad_url", "") if reply.reason == BAD_URL else _unreachable(reply)


def _pairs(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The pairs of a query or a form; a list repeats its name, None is an empty value."""
    for name, value in values.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            if isinstance(one, bool):
                yield name, "true" if one else "false"
            else:
                yield name, "" if one is None else str(one)


def _unreachable(reply: NoReply) -> Unreachable:
    return Unreachable(f"crm.{reply.reason}")


def checked_base(base: str) -> str:
    """The base URL without a trailing slash. Raises ConfigurationError if it is not an HTTP URL."""
    check_url(base, "the url of a CRM")
    return base.rstrip("/")


def quoted(part: str) -> str:
    """A record's id, quoted as one part of a path."""
    return quote(part, safe="")


def words_of(reply: CrmReply, secrets: Iterable[str] = ()) -> str:
    """The CRM's error message, shortened, and without e-mail addresses, quoted values, numbers that
    may be phone numbers, URLs and *secrets*."""
    tokens = [part for secret in secrets for part in (secret, secret.rpartition(" ")[2])]
    return shortened(_found_words(reply.body), tokens, values=False) or f"HTTP {reply.status}"


def words_about_record(reply: CrmReply) -> str:
    """The error message up to the first colon, for refused writes: after the colon, CRMs repeat the
    values written."""
    return words_of(reply).partition(":")[0]


def refusal(reply: CrmReply) -> Refused:
    """A refusal for a 4xx or 3xx: "crm.forbidden" for 403, else a code such as "crm.http_400"."""
    reason = "crm.forbidden" if reply.status == 403 else f"crm.http_{reply.status}"
    return Refused(reason, words_about_record(reply))


def _found_words(body: Any) -> str:
    if isinstance(body, list):
        return _found_words(body[0]) if body else ""
    if isinstance(body, dict):
        found = (_found_words(body[key]) for key in _WORD_KEYS if body.get(key))
        return next((words for words in found if words), "")
    return body if isinstance(body, str) else ""


def _meaning(answer: HttpReply) -> CrmReply | Busy | Unreachable | Refused:
    status = answer.status
    if status >= 500 or status in (408, 425):
        return Unreachable(f"crm.http_{status}")
    if 300 <= status < 400:
        return Refused("crm.redirected", f"HTTP {status}")
    body, whole = answer.body, answer.whole
    if whole and answer.headers.get("content-encoding", "").lower() in ("gzip", "x-gzip"):
        try:
            body, whole = unpacked(body, _MOST_BODY)
        except ValueError:
            return Unreachable("crm.broken_gzip")
    if not whole:
        return Refused("crm.too_large", f"the answer is larger than {_MOST_BODY >> 20} MiB")
    try:
        value = msgspec.json.decode(body) if body.strip() else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        if status < 300:
            return Unreachable("crm.broken_json")
        value = None
    reply = CrmReply(status, value, answer.headers)
    return Busy(pause_of(answer.headers), words_of(reply)) if status == 429 else reply
