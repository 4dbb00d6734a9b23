"""LinkedIn: the Conversions API (Microsoft Learn, "Conversions API" and "Conversions API Schema",
li-lms-2026-03, Rest.li 2.0: `conversionEvents` with `BATCH_CREATE`).

`user.lead` is the response of a lead gen form as "urn:li:leadGenFormResponse:ID", as LinkedIn's
webhooks name it, too ("Lead Sync API", `leadGenFormResponse`). Addresses are hashed; `userIds` must
be there even if it is empty. Times are in milliseconds, and at most 90 days old. Up to 5000 events
are in a request, and each has a status of its own in the answer. LinkedIn counts an event once by
its `eventId`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from leadline.conversions.calling import (
    amount,
    client_of_network,
    refreshed_tokens,
    refused_access,
    renamed,
    texts_in,
    without_empty,
)
from leadline.conversions.hashing import digest_of_event, plain_email, sha256
from leadline.net.redaction import shortened
from leadline.ports.ad_network import Conversion, KnownBy, PushAnswer, Received, Rejected
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.outcomes import LinkedInOutcomes
from leadline.vendors._api.authorize import Fixed
from leadline.vendors._api.client import CrmReply, words_of

_HOME = "https://api.linkedin.com/rest"
_TOKENS = "https://www.linkedin.com/oauth/v2/accessToken"
# Versions are months; each is supported for a year.
_VERSION = "202606"
_RULE = "urn:lla:llaPartnerConversion:"
_RESPONSE = "urn:li:leadGenFormResponse:"


class LinkedInConversions:
    """See `ports.ad_network.AdNetwork`. LinkedIn has no way to try a request."""

    batch = 5000
    window = timedelta(days=90)
    can_test = False

    def __init__(self, config: LinkedInOutcomes) -> None:
        headers = {
            "linkedin-version": config.version or _VERSION,
            "x-restli-protocol-version": "2.0.0",
            "x-restli-method": "BATCH_CREATE",
        }
        bearer = Fixed({"authorization": f"Bearer {config.token}"})
        who = refreshed_tokens(_TOKENS, config) if config.refresh_token else bearer
        self._client = client_of_network(config, _HOME, who, headers)

    def identifiers(self, who: KnownBy) -> tuple[str, ...]:
        """See `AdNetwork.identifiers`."""
        user = _user(who)
        return (*(one["idType"] for one in user["userIds"]), *(["lead"] if "lead" in user else []))

    def send(self, conversions: Sequence[Conversion], *, test: bool = False) -> PushAnswer:
        """See `AdNetwork.send`."""
        if test:
            return Refused("linkedin.no_test", "LinkedIn has no way to try a request")
        events = [_event(one) for one in conversions]
        reply = self._client.call("POST", "/conversionEvents", json={"elements": events})
        if not isinstance(reply, CrmReply):
            return renamed("linkedin", reply)
        people = [*texts_in([one["user"] for one in events])]
        if reply.status in (401, 403, 404, 426):
            return refused_access("linkedin", reply, people)
        if not reply.well:
            return Rejected("linkedin.rejected", words_of(reply, people))
        return _answers(reply, events)


def _event(one: Conversion) -> dict[str, Any]:
    rule = one.name if one.name.startswith("urn:") else f"{_RULE}{one.name}"
    value = None
    if one.value is not None:
        value = {"currencyCode": one.currency, "amount": amount(one.value)}
    return without_empty({
        "conversion": rule,
        "conversionHappenedAt": int(one.at.timestamp() * 1000),
        "conversionValue": value,
        "user": _user(one.who),
        "eventId": one.event_id,
    })  # fmt: skip


def _user(who: KnownBy) -> dict[str, Any]:
    email, click = sha256(plain_email(who.email)), who.attribution.li_fat_id
    ids = [{"idType": "SHA256_EMAIL", "idValue": email}] if email else []
    if click:
        ids.append({"idType": "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", "idValue": click})
    lead = who.network_lead
    named = lead if lead.startswith("urn:") else f"{_RESPONSE}{lead}"
    return {"userIds": ids, **({"lead": named} if lead else {})}


def _answers(
    reply: CrmReply, events: Sequence[Mapping[str, Any]]
) -> Sequence[Received | Refused] | Busy | Unreachable:
    """One answer for each event. An event that LinkedIn could not take for now makes the request
    come again: those that it took are counted once."""
    body = reply.body if isinstance(reply.body, dict) else {}
    told = body.get("elements")
    if not isinstance(told, list) or len(told) != len(events):
        return Unreachable("linkedin.unexpected_answer")
    request = str(reply.headers.get("x-li-uuid", ""))
    found: list[Received | Refused] = []
    for one, event in zip(told, events, strict=True):
        status = one.get("status") if isinstance(one, dict) else None
        if not isinstance(status, int) or status >= 500 or status in (408, 425, 429):
            return Unreachable(f"linkedin.http_{status}")
        if 200 <= status < 300:
            found.append(Received(digest_of_event(event), request))
        else:
            hidden = texts_in(event["user"])
            found.append(Refused(f"linkedin.http_{status}", _words(one, hidden)))
    return found


def _words(one: Mapping[str, Any], hidden: Iterable[str]) -> str:
    error = one.get("error")
    said = error.get("message") if isinstance(error, dict) else None
    return shortened(said, hidden, values=False) if isinstance(said, str) else ""
