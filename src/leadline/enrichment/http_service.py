"""Any service that answers with JSON, by a mapping in the settings.

Redirects are not followed, and an answer of more than `MOST_ANSWER` bytes is not read to its end.
An answer that is no JSON, or none of the kind that is expected, is of no use; 404 says that nothing
is known.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import msgspec

from leadline.enrichment.answers import CONFIDENCE, confidence_in, mapped
from leadline.enrichment.conditions import Fits
from leadline.model.errors import ConfigurationError
from leadline.model.lead import RefinedLead
from leadline.model.texts.patterns import late
from leadline.net.client import BAD_URL, TIMEOUT, HttpClient, NoReply
from leadline.net.reply import HttpReply
from leadline.net.retry_after import pause_of
from leadline.ports.enriching import Answer, FactsFound, NothingFound, NotNow, NoUse, Query
from leadline.settings.connected.enrich import PLACEHOLDER, HttpEnrichConfig, is_field

MOST_ANSWER = 1 << 20
_KEY = "key"
_BRACES = late(r"\{[^{}]*\}?")
_NO_CREDIT = timedelta(hours=1)
_NOTHING = frozenset((204, 404, 410))
_NOT_ALLOWED = frozenset((401, 402, 403))
_LATER = frozenset((408, 425, 500, 502, 503, 504))
_PERHAPS_DONE = frozenset((500, 502, 504))
"""The service may have looked up, and charged, before it failed."""


class UnsafeValue(Exception):
    """A value of a lead that can't be put into a request."""


class ProviderRequest(msgspec.Struct, frozen=True):
    """A request as it is sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


class HttpProvider:
    """`ports.enriching.FactProvider` for `kind = "http"`."""

    is_local = False

    def __init__(self, name: str, config: HttpEnrichConfig, fits: Fits) -> None:
        self.config = config
        self._fits = fits
        self.needs = _needs(config)
        self.gives = frozenset(config.map) - {CONFIDENCE}
        if faults := _faults(name, self):
            raise ConfigurationError("; ".join(faults))

    def fits(self, lead: RefinedLead) -> bool:
        """See `FactProvider.fits`."""
        return self._fits(lead)

    def ask(self, query: Query, timeout: float) -> Answer:
        """See `FactProvider.ask`."""
        try:
            sent = self.request_of(query)
        except UnsafeValue:
            return NoUse("query.unsafe", told=False)
        client = HttpClient(timeout)
        reply = client.request(sent.method, sent.url, sent.body, sent.headers, MOST_ANSWER)
        if isinstance(reply, NoReply):
            return _no_reply(reply)
        return self.read(reply)

    def request_of(self, query: Query) -> ProviderRequest:
        """What is sent: the fields of the lead that the settings name, escaped, and no others.
        Raises UnsafeValue if a value can't be escaped."""
        config = self.config
        url = PLACEHOLDER.sub(lambda one: _in_url(query[one[1]]), config.url)
        headers = {"accept": "application/json"}
        for name, value in config.headers.items():
            headers[name.lower()] = value.replace("{key}", config.key)
        if config.method != "post":
            return ProviderRequest("GET", url, headers, None)
        headers.setdefault("content-type", "application/json")
        body = PLACEHOLDER.sub(lambda one: _in_json(query[one[1]]), config.body)
        return ProviderRequest("POST", url, headers, body.encode())

    def read(self, reply: HttpReply) -> Answer:
        """What an answer says."""
        status = reply.status
        if status in _NOTHING:
            return NothingFound()
        if status == 429:
            return NotNow("http.429", pause_of(reply.headers))
        if status in _NOT_ALLOWED:
            return NotNow(f"http.{status}", _NO_CREDIT)
        if status in _LATER:
            after = pause_of(reply.headers) if "retry-after" in reply.headers else timedelta()
            return NotNow(f"http.{status}", after, charged=status in _PERHAPS_DONE)
        if status != 200:
            return NoUse(f"http.{status}", charged=status < 300)
        return self._read_found(reply)

    def _read_found(self, reply: HttpReply) -> Answer:
        if not reply.whole:
            return NoUse("answer.too_long", charged=True)
        try:
            answer: Any = msgspec.json.decode(reply.body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return NoUse("answer.no_json", charged=True)
        places = self.config.map
        values = mapped(answer, places)
        if not values:
            return NothingFound(charged=_says_something(answer))
        sure = confidence_in(answer, places)
        return FactsFound(values, self.config.confidence if sure is None else sure)


def _no_reply(reply: NoReply) -> Answer:
    """Without an answer it is unknown whether the service has charged, unless nothing was sent."""
    if reply.reason in (BAD_URL, "bad_header"):
        return NoUse(f"http.{reply.reason}", told=False)
    sent = reply.reason in (TIMEOUT, "hung_up", "half_an_answer", "not_http")
    return NotNow(f"http.{reply.reason}", charged=sent, told=sent)


def _needs(config: HttpEnrichConfig) -> frozenset[str]:
    texts = (config.url, config.body if config.method == "post" else "")
    return frozenset(name for text in texts for name in PLACEHOLDER.findall(text))


def _says_something(answer: Any) -> bool:
    """Whether there is a value anywhere in an answer's JSON. `{"organization": null}` has none, and
    is no hit for anybody; any other answer may be one, whether or not the mapping finds it."""
    if isinstance(answer, dict | list):
        inside = answer.values() if isinstance(answer, dict) else answer
        return any(map(_says_something, inside))
    return answer not in (None, "", False)


def _in_url(value: str) -> str:
    """A value as a part of a path or a query. Raises UnsafeValue for one that would name another
    path, however it is escaped, or that is no Unicode."""
    if value in (".", ".."):
        raise UnsafeValue
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        raise UnsafeValue from None


def _in_json(value: str) -> str:
    """The inside of a JSON string. Raises UnsafeValue for what is no Unicode."""
    try:
        return msgspec.json.encode(value).decode()[1:-1]
    except UnicodeEncodeError:
        raise UnsafeValue from None


def _faults(name: str, provider: HttpProvider) -> list[str]:
    """What is wrong with the settings."""
    config, of = provider.config, f"enrich.{name}"
    found = []
    if not config.url or not config.map:
        found.append(f"{of} needs `url` and a table `[enrich.{name}.map]`")
    if config.cost and config.per_day is None:
        found.append(f"{of} has a `cost` and needs `per_day`, the most that a day may cost")
    found += [
        f"{of}.map: {one!r} is no name for a field" for one in config.map if not is_field(one)
    ]
    if _KEY in provider.needs:
        found.append(f"{of}: `{{key}}` may stand in `headers` only, since URLs get into logs")
    if left := _BRACES.search(PLACEHOLDER.sub("", config.url)):
        found.append(f"{of}.url: {left[0]} is no field")
    if not provider.needs:
        found.append(f"{of} asks about no field of a lead, such as {{domain}}")
    if any("{key}" in value for value in config.headers.values()) and not config.key:
        found.append(f"{of}.headers names `{{key}}`, but `key` is not set")
    for header, value in config.headers.items():
        if names := set(PLACEHOLDER.findall(value)) - {_KEY}:
            found.append(f"{of}.headers.{header}: only `{{key}}` may stand there, not {min(names)}")
    if config.method == "post" and not _is_json(config.body):
        found.append(f"{of}.body is no JSON")
    return found


def _is_json(body: str) -> bool:
    try:
        msgspec.json.decode(PLACEHOLDER.sub("x", body))
    except msgspec.DecodeError:
        return False
    return True
