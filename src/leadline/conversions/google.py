"""Google Ads: enhanced conversions for leads by the Data Manager API v1 (Google's reference of
`events.ingest`, "Send events", "Understand API errors"; google-ads-datamanager 0.9.4, normalisation
of google-ads-datamanager-util 0.4.0). `UploadClickConversions` takes no new callers since
2026-06-15.

The API is fast to fail: a request of which one event is wrong fails as a whole, and its error names
the fields. Up to 2000 events are in a request. `transactionId` counts an event once for its
conversion action. `eventSource` is optional (`Event` of 0.9.4: where the event happened); WEB is
what Google's samples send (googleads/data-manager-python, samples/sampledata/events_1.json). Google
looks back 90 days from a conversion to the click at most ("Conversion windows" of Google Ads); the
reference names no age but has an error for one that is too great (`EVENT_TIME_INVALID`).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any

from leadline.conversions.calling import (
    client_of_network,
    placed_error,
    refreshed_tokens,
    refused_access,
    renamed,
    texts_in,
    without_empty,
)
from leadline.conversions.hashing import digest_of_event, google_email, sha256
from leadline.ports.ad_network import Conversion, KnownBy, PushAnswer, Received, Rejected
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.outcomes import GoogleOutcomes
from leadline.vendors._api.authorize import Tokens
from leadline.vendors._api.client import CrmReply, words_of

_HOME = "https://datamanager.googleapis.com"
_TOKENS = "https://oauth2.googleapis.com/token"
_SCOPE = "https://www.googleapis.com/auth/datamanager"
_PLACE = re.compile(r"\bevents\.events\[(\d+)\]|\bevents\[(\d+)\]")
_CLICKS = ("gclid", "gbraid", "wbraid")
_FOR_ALL = frozenset((
    "PERMISSION_DENIED", "INVALID_DESTINATION", "INVALID_CONVERSION_ACTION_ID", "NOT_ALLOWLISTED",
    "INVALID_CONVERSION_ACTION_TYPE", "TERMS_AND_CONDITIONS_NOT_SIGNED",
    "DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS",
    "DESTINATION_ACCOUNT_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS",
    "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED",
    "CONVERSION_ACTION_TOO_RECENTLY_CREATED", "DESTINATION_ACCOUNT_TYPE_MISMATCH",
    "EVENT_SOURCE_AND_DESTINATION_MISMATCH",
    "EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED",
))  # fmt: skip
"""The reasons of errors (`ErrorReason`) that are about the account, not about an event."""


class GoogleConversions:
    """See `ports.ad_network.AdNetwork`. The names of stages are numbers of conversion actions,
    which are destinations of a request, at most ten."""

    batch = 2000
    window = timedelta(days=90)
    can_test = True

    def __init__(self, config: GoogleOutcomes) -> None:
        self._config = config
        self._client = client_of_network(config, _HOME, _tokens(config))

    def identifiers(self, who: KnownBy) -> tuple[str, ...]:
        """See `AdNetwork.identifiers`."""
        return (*_clicks(who), *(name for one in _people(who) for name in one))

    def send(self, conversions: Sequence[Conversion], *, test: bool = False) -> PushAnswer:
        """See `AdNetwork.send`; a test has `validateOnly`."""
        events = [_event(one) for one in conversions]
        body: dict[str, Any] = {
            "destinations": [self._destination(n) for n in sorted({c.name for c in conversions})],
            "events": events,
            "encoding": "HEX",
        }
        if test:
            body["validateOnly"] = True
        reply = self._client.call("POST", "/v1/events:ingest", json=body)
        if not isinstance(reply, CrmReply):
            return renamed("google", reply)
        if not reply.well:
            people = [one.get(part) for one in events for part in ("adIdentifiers", "userData")]
            return _failure(reply, [*texts_in(people)])
        said = reply.body if isinstance(reply.body, dict) else {}
        code = str(said.get("requestId") or "")
        return [Received(digest_of_event(one), code) for one in events]

    def _destination(self, action: str) -> dict[str, Any]:
        login = self._config.login_account
        return without_empty({
            "reference": action,
            "operatingAccount": _account(self._config.account),
            "loginAccount": _account(login) if login else None,
            "productDestinationId": action,
        })  # fmt: skip


def _tokens(config: GoogleOutcomes) -> Tokens:
    """Access tokens of the service account, or by the refresh token. Raises ConfigurationError."""
    if not config.service_account:
        return refreshed_tokens(_TOKENS, config)
    from leadline.conversions.service_account import account_tokens

    return account_tokens(config.service_account, _SCOPE, config.token_url)


def _account(number: str) -> dict[str, str]:
    return {"accountType": "GOOGLE_ADS", "accountId": number}


def _event(one: Conversion) -> dict[str, Any]:
    people = _people(one.who)
    value = None if one.value is None else round(one.value, 2)
    return without_empty({
        "destinationReferences": [one.name],
        "transactionId": one.event_id,
        "eventTimestamp": one.at.astimezone(UTC).isoformat(timespec="seconds").replace(
            "+00:00", "Z"
        ),
        "eventSource": "WEB",
        "adIdentifiers": _clicks(one.who),
        "userData": {"userIdentifiers": people} if people else None,
        "consent": {"adUserData": "CONSENT_GRANTED"},
        "conversionValue": value,
        "currency": one.currency,
    })  # fmt: skip


def _clicks(who: KnownBy) -> dict[str, str]:
    """The click: one id, that of the click itself before those of groups of clicks."""
    given = ((name, getattr(who.attribution, name)) for name in _CLICKS)
    return next(({name: one} for name, one in given if one), {})


def _people(who: KnownBy) -> list[dict[str, str]]:
    email, phone = sha256(google_email(who.email)), sha256(who.phone)
    found = [{"emailAddress": email}] if email else []
    return [*found, *([{"phoneNumber": phone}] if phone else [])]


def _failure(reply: CrmReply, hidden: Sequence[str]) -> Rejected | Busy | Unreachable | Refused:
    if reply.status in (401, 403, 404):
        return refused_access("google", reply, hidden)
    details = placed_error(reply).get("details")
    parts = [one for one in details if isinstance(one, dict)] if isinstance(details, list) else []
    violations = [
        one for part in parts for one in part.get("fieldViolations") or () if isinstance(one, dict)
    ]
    reasons = [str(one.get("reason")) for one in (*parts, *violations) if one.get("reason")]
    said = ", ".join(dict.fromkeys(reasons))
    words = words_of(reply, hidden) + (f": {said}" if said else "")
    if _FOR_ALL.intersection(reasons):
        return Refused("google.account", words)
    return Rejected("google.rejected", words, _places(violations))


def _places(violations: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """The events that violations name; () if one of them names none."""
    found = [_PLACE.search(str(one.get("field", ""))) for one in violations]
    if not found or None in found:
        return ()
    return tuple(sorted({int(one[1] or one[2]) for one in found if one is not None}))
