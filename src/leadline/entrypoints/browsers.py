"""What a browser gets that posts a form: a page or a redirect in place of JSON, and CORS headers.

Only for sources that browsers post to (`Source.for_browsers`). Programs get the same JSON as ever,
and nothing here depends on what a lead contains: a form that is filled in by a program looks the
same to it.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from leadline.model.errors import Unreadable
from leadline.model.lead import Delivery
from leadline.model.texts.origins import origin_of
from leadline.ports.source import Answer, Source
from leadline.settings.connected.sources import SourceConfig

_HTML = ("text/html", "application/xhtml+xml")
_JSON = ("application/json", "application/problem+json")
_PAGE_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_MEDIA = "text/html; charset=utf-8"
_MAY_BE_SENT = "content-type, idempotency-key, x-webhook-secret"
_TEN_MINUTES = "600"
_QUALITY = re.compile(r"q=([01](?:\.[0-9]{0,3})?)", re.IGNORECASE)
_LONGEST_ACCEPT = 2000

_THANKS = ("Thank you", "We have received your message.")
_WRONG: Mapping[int, tuple[str, str]] = {
    400: ("This form could not be read", "Please go back, check what you wrote, and try again."),
    401: ("This form is not accepted", "Please tell the owner of the website."),
    413: ("This form is too large", "Please go back, shorten your message, and try again."),
    429: ("There are too many messages now", "Please try again in a minute."),
    503: ("We cannot receive messages now", "Please try again in a minute."),
}
_OTHERWISE = ("Something went wrong", "Please try again later, or tell the owner of the website.")


def as_seen_by(delivery: Delivery, source: Source, answer: Answer) -> Answer:
    """The answer to a delivery as its sender wants it: for a browser that shows pages, a redirect
    to a page of the website or a page of ours; otherwise the same answer. With CORS headers if the
    source has `sites`."""
    if not source.for_browsers:
        return answer
    config = source.config
    if prefers_html(delivery.headers.get("accept", "")):
        target = thanks_target(delivery, config) if answer.status == 200 else None
        answer = _redirect(target) if target else _page(answer.status)
    headers = cors_headers(delivery.headers, config)
    return msgspec.structs.replace(answer, headers={**answer.headers, **headers})


def preflight(delivery: Delivery, source: Source) -> Answer | None:
    """The answer to a browser's question whether it may post (Fetch Standard, "CORS-preflight
    fetch"); None if the request is none, or the source has no `sites`."""
    asked = delivery.headers.get("access-control-request-method")
    if delivery.method != "OPTIONS" or not (asked and source.for_browsers and source.config.sites):
        return None
    headers = cors_headers(delivery.headers, source.config)
    if "access-control-allow-origin" in headers:
        headers |= {
            "access-control-allow-methods": "POST",
            "access-control-allow-headers": _MAY_BE_SENT,
            "access-control-max-age": _TEN_MINUTES,
        }
    return Answer(b"", "text/plain", 204, headers)


def cors_headers(headers: Mapping[str, str], config: SourceConfig) -> dict[str, str]:
    """The headers that let pages of the source's `sites` read an answer; credentials are never
    allowed. Empty if there are no `sites`."""
    if not config.sites:
        return {}
    origin = headers.get("origin", "")
    allowed = {"access-control-allow-origin": origin} if origin_of(origin) in config.sites else {}
    return {**allowed, "vary": "Origin"}


def thanks_target(delivery: Delivery, config: SourceConfig) -> str | None:
    """The URL of the page that thanks: the form's own `retURL`, else the setting `thanks`. Only a
    URL on one of the source's `sites` counts."""
    for url in (_ret_url(delivery), config.thanks):
        if url and origin_of(url) in config.sites:
            return url
    return None


def prefers_html(accept: str) -> bool:
    """Whether an Accept header prefers HTML to JSON (RFC 9110, section 12.5.1)."""
    accept = accept[:_LONGEST_ACCEPT].lower()
    if "html" not in accept:
        return False
    weights = [_weighted(part) for part in accept.split(",")]
    return _quality(weights, _HTML) > _quality(weights, _JSON)


class _Weighted(NamedTuple):
    media: str
    quality: float


def _weighted(part: str) -> _Weighted:
    media, _, parameters = part.partition(";")
    match = _QUALITY.search(parameters)
    return _Weighted(media.strip(), min(float(match[1]), 1.0) if match else 1.0)


def _quality(weights: list[_Weighted], media: tuple[str, ...]) -> float:
    """The weight of the best of these media types; the most specific range that fits counts."""
    best = 0.0
    for one in media:
        for ranges in (one, one.partition("/")[0] + "/*", "*/*"):
            found = [w.quality for w in weights if w.media == ranges]
            if found:
                best = max(best, *found)
                break
    return best


def _ret_url(delivery: Delivery) -> str | None:
    from leadline.vendors._webhooks.forms import values_of

    try:
        values = values_of(delivery, "retURL")
    except Unreadable:
        return None
    return values[0].decode("latin-1") if values else None


def _redirect(target: str) -> Answer:
    return Answer(b"", _MEDIA, 303, {**_PAGE_HEADERS, "location": target})


def _page(status: int) -> Answer:
    title, words = _THANKS if status == 200 else _WRONG.get(status, _OTHERWISE)
    body = (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<main>\n<h1>{title}</h1>\n"
        f"<p>{words}</p>\n</main>\n</html>\n"
    )
    return Answer(body.encode(), _MEDIA, status, _PAGE_HEADERS)
