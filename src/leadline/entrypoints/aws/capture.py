"""Capture: requests from API Gateway become captured leads, or a problem response."""

import logging
from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode

from leadline import wiring
from leadline.entrypoints import logs
from leadline.entrypoints.aws.figures import emit
from leadline.entrypoints.aws.parts import Parts
from leadline.entrypoints.aws.trials import is_trial
from leadline.entrypoints.reception import (
    DEFAULT_SOURCE,
    as_sender_wants,
    check_encoding,
    check_source,
    handshake,
    headers_of,
    note_unreadable,
    problem_of,
    refusal_answer,
)
from leadline.entrypoints.refusals import RefusalLog, note_captured, reason_of
from leadline.journey.receiving.authenticating import fetch_keys_first
from leadline.journey.receiving.capture import answer, read
from leadline.journey.receiving.telling_apart import telling_apart
from leadline.model.errors import (
    ConfigurationError,
    LeadlineError,
    TooLarge,
    Unauthentic,
)
from leadline.model.lead import Delivery, Fate, Kind
from leadline.ports.source import Answer
from leadline.ports.tokens import TokenCheck
from leadline.settings.top.general import Settings

log = logging.getLogger(__name__)


@cache
def _parts() -> Parts:
    return Parts(asks_rules=False)


@cache
def _tokens() -> TokenCheck:
    """The check of access tokens; its keys are kept while the function is warm."""
    return wiring.access_tokens()


@cache
def _refusals() -> RefusalLog:
    return RefusalLog()


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request (API Gateway Developer Guide, "Lambda proxy integration")."""
    parts = _parts()
    logs.always(request=context.aws_request_id)
    parts.within(context.get_remaining_time_in_millis())
    if is_trial(event):
        from leadline.entrypoints.aws.trial_run import trial_run

        return trial_run(parts)
    try:
        return _response(_answer(event, parts))
    except ConfigurationError:
        log.exception("settings.wrong")  # not sent to the caller: its text quotes the settings
        return _response(problem_of(LeadlineError()))
    except LeadlineError as error:
        _note_refused(event, error)
        return _response(_refusal(event, parts, error))
    except Exception:
        log.exception("webhook.failed")
        return _response(problem_of(LeadlineError()))


def _answer(event: Mapping[str, Any], parts: Parts) -> Answer:
    """The answer to a request. What is refused for its secret is judged once more if the settings
    changed since they were read."""
    settings = parts.settings()
    try:
        return _answer_with(settings, event, parts)
    except Unauthentic:
        new = parts.renewed(settings)
        if new is None:
            raise
    return _answer_with(new, event, parts)


def _answer_with(settings: Settings, event: Mapping[str, Any], parts: Parts) -> Answer:
    _refusals().whole_address = settings.log_sender == "address"
    asked = event.get("resource") or event["path"]
    if asked.startswith("/slack/"):
        from leadline.entrypoints.aws.slack_actions import answer_slack

        return answer_slack(asked, _delivery(event, settings), parts, settings)
    kit = wiring.webhook_kit(settings, _tokens() if wiring.demands_tokens(settings) else None)
    delivery = _delivery(event, settings)
    check_source(delivery.source, kit)
    if delivery.method != "POST":
        return handshake(delivery, kit)
    check_encoding(delivery.headers)
    if len(delivery.body) > settings.max_body:
        raise TooLarge(f"the limit is {settings.max_body} bytes")
    fetch_keys_first(delivery, kit.sources[delivery.source], kit.tokens, parts.seconds_to_wait())
    leads = read(delivery, kit)
    inbox = parts.inbox(settings.redelivery_window, telling_apart(wiring.sources(settings)))
    receipts = inbox.accept(leads)
    response = as_sender_wants(delivery, kit, answer(delivery, kit, receipts, leads))
    note_captured(delivery.source, receipts)
    captured = sum(r.fate is Fate.CAPTURED for r in receipts)
    if leads[0].kind is Kind.UNREADABLE:
        note_unreadable(delivery.source, receipts[0].lead_id, leads[0].why)
        emit(parts.stack, {"Dead": captured}, parts.metrics)
    else:
        emit(parts.stack, {"Captured": captured}, parts.metrics)
    return response


def _refusal(event: Mapping[str, Any], parts: Parts, error: LeadlineError) -> Answer:
    """The response to a delivery that is refused, as its sender wants it."""
    source = (event.get("pathParameters") or {}).get("source")
    if not source or event["httpMethod"] != "POST":
        return problem_of(error)
    try:
        kit = wiring.webhook_kit(parts.settings())
    except LeadlineError:  # which may be what *error* is about
        return problem_of(error)
    fields = [
        (n.encode("latin-1", "replace"), v.encode("latin-1", "replace")) for n, v in _fields(event)
    ]
    return refusal_answer(error, kit, source.rstrip("/"), fields)


def _note_refused(event: Mapping[str, Any], error: LeadlineError) -> None:
    """Log a refused delivery, or another refused request."""
    extra = {"status": error.status, "error": type(error).__name__}
    if (event.get("resource") or event.get("path") or "").startswith("/slack/"):
        if error.status >= 500:
            log.error("request.refused", extra=extra)
        else:
            log.info("request.refused", extra=extra)
        return
    sender = ((event.get("requestContext") or {}).get("identity") or {}).get("sourceIp") or ""
    _refusals().note(_source(event), error.status, reason_of(error), sender)
    if error.status >= 500:
        log.error("webhook.not_kept", extra=extra)


def _source(event: Mapping[str, Any]) -> str:
    source: str = (event.get("pathParameters") or {}).get("source") or DEFAULT_SOURCE
    return source.rstrip("/")


def _delivery(event: Mapping[str, Any], settings: Settings) -> Delivery:
    """The request as it arrived, from either form of API Gateway's event."""
    body = event.get("body") or ""
    raw = b64decode(body) if event.get("isBase64Encoded") else body.encode()
    headers = headers_of(_fields(event))
    return Delivery(
        _source(event), raw, datetime.now(UTC), headers, event["httpMethod"],
        _url(event, headers, settings),
    )  # fmt: skip


def _fields(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """All header fields: those in `multiValueHeaders`, then names that are only in `headers`, which
    has one value per name."""
    several = event.get("multiValueHeaders") or {}
    for name, values in several.items():
        yield from ((name, value) for value in values)
    known = {name.lower() for name in several}
    single = event.get("headers") or {}
    yield from ((name, value) for name, value in single.items() if name.lower() not in known)


def _url(event: Mapping[str, Any], headers: Mapping[str, str], settings: Settings) -> str:
    """The URL that the sender called. The gateway passes only the decoded query, so a signature
    over an unusually encoded query cannot be verified (HubSpot's and Twilio's are usual)."""
    about = event.get("requestContext") or {}
    host = about.get("domainName") or headers.get("host", "localhost")
    path = about.get("path") or event["path"]
    base = settings.public_url + event["path"] if settings.public_url else f"https://{host}{path}"
    query = event.get("multiValueQueryStringParameters") or {}
    return f"{base}?{urlencode(query, doseq=True)}" if query else base


def _response(answer: Answer) -> dict[str, Any]:
    headers = {"content-type": answer.media_type, **answer.headers}
    return {
        "statusCode": answer.status,
        "headers": headers,
        "body": answer.body.decode(),
        "isBase64Encoded": False,
    }
