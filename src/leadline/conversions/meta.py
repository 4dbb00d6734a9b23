"""Meta: the Conversions API for CRM (Meta docs, "Conversion Leads Integration: Payload
Specification" of 2026-06-28, "Customer Information Parameters" of 2026-01-09, "Using the API",
"Graph API: Error Handling"; normalisation compared with facebook-business 26.0.3).

`lead_id` is sent as it is, addresses and numbers are hashed. An event may be seven days old
("Server Event Parameters", `event_time`); one that is older makes Meta refuse the whole request, so
an hour is left for clocks that differ. Up to 1000 events are in a request, of which Meta takes all
or none. Meta counts an event once by its name and id if they come within 48 hours of each other
("Server Event Parameters", `event_name`); after that our own record of what was sent is what keeps
it from being sent again.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from leadline.conversions.calling import (
    client_of_network,
    placed_error,
    renamed,
    texts_in,
    without_empty,
)
from leadline.conversions.hashing import digest_of_event, meta_phone, plain_email, sha256
from leadline.ports.ad_network import Conversion, KnownBy, PushAnswer, Received, Rejected
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.outcomes import MetaOutcomes
from leadline.vendors._api.authorize import Fixed
from leadline.vendors._api.client import CrmReply, words_of

_HOME = "https://graph.facebook.com"
_VERSION = "v25.0"
_LEAD_DIGITS = (15, 16, 17)
# "Error Handling": an invalid token; too many calls; an error on Meta's side.
_BAD_TOKEN = (102, 190, 463, 467)
_TOO_MANY = frozenset((4, 17, 32, 341, 613)) | frozenset(range(80_000, 80_015))
_PASSING = (1, 2)
_FORBIDDEN = frozenset((3, 10)) | frozenset(range(200, 300))
_PAUSE = timedelta(minutes=5)


class MetaConversions:
    """See `ports.ad_network.AdNetwork`."""

    batch = 1000
    window = timedelta(days=7, hours=-1)

    def __init__(self, config: MetaOutcomes) -> None:
        self._config = config
        self.can_test = bool(config.test_event_code)
        self._client = client_of_network(
            config, _HOME, Fixed({"authorization": f"Bearer {config.token}"})
        )
        self._path = f"/{config.version or _VERSION}/{config.dataset}/events"

    def identifiers(self, who: KnownBy) -> tuple[str, ...]:
        """See `AdNetwork.identifiers`."""
        return tuple(_user_data(who))

    def send(self, conversions: Sequence[Conversion], *, test: bool = False) -> PushAnswer:
        """See `AdNetwork.send`; a test goes to the page of test events."""
        events = [self._event(one) for one in conversions]
        body: dict[str, Any] = {"data": events}
        if test:
            body["test_event_code"] = self._config.test_event_code
        reply = self._client.call("POST", self._path, json=body)
        if not isinstance(reply, CrmReply):
            return renamed("meta", reply)
        if not reply.well:
            people = texts_in([one["user_data"] for one in events])
            return _failure(reply, [self._config.token, *people])
        said = reply.body if isinstance(reply.body, dict) else {}
        taken = said.get("events_received")
        if taken != len(events):
            return Unreachable(f"meta.received_{taken}_of_{len(events)}")
        code = str(said.get("fbtrace_id") or "")
        return [Received(digest_of_event(one), code) for one in events]

    def _event(self, one: Conversion) -> dict[str, Any]:
        custom: dict[str, Any] = {
            "event_source": "crm",
            "lead_event_source": self._config.crm_name,
        }
        if one.value is not None:
            custom |= {"value": round(one.value, 2), "currency": one.currency}
        return {
            "event_name": one.name,
            "event_time": int(one.at.timestamp()),
            "event_id": one.event_id,
            "action_source": "system_generated",
            "user_data": _user_data(one.who),
            "custom_data": custom,
        }


def _user_data(who: KnownBy) -> dict[str, Any]:
    number = who.network_lead
    is_lead = number.isascii() and number.isdecimal() and len(number) in _LEAD_DIGITS
    click = who.attribution
    made = f"fb.1.{int(who.clicked_at.timestamp() * 1000)}.{click.fbclid}" if click.fbclid else ""
    email, phone = sha256(plain_email(who.email)), sha256(meta_phone(who.phone))
    return without_empty({
        "lead_id": int(number) if is_lead else None,
        "em": [email] if email else None,
        "ph": [phone] if phone else None,
        "fbc": click.fbc or made,
        "fbp": click.fbp if click.fbc or made else None,
    })  # fmt: skip


def _failure(reply: CrmReply, hidden: Sequence[str]) -> Rejected | Busy | Unreachable | Refused:
    """What an error means: for every request (a token), for now, or for these events."""
    error = placed_error(reply)
    words = _words(reply, error, hidden)
    code = error.get("code")
    if code in _BAD_TOKEN or reply.status == 401:
        return Refused("meta.unauthorized", words)
    if code in _TOO_MANY:
        return Busy(_PAUSE, words)
    if code in _PASSING or error.get("is_transient") is True:
        return Unreachable(f"meta.error_{code}")
    if code in _FORBIDDEN or reply.status in (403, 404):
        return Refused("meta.forbidden", words)
    return Rejected("meta.rejected", words)


def _words(reply: CrmReply, error: Mapping[str, Any], hidden: Sequence[str]) -> str:
    named = "".join(f" {error[key]}" for key in ("code", "error_subcode") if error.get(key))
    said = words_of(reply, hidden)
    return f"{said} (code{named})" if named else said
