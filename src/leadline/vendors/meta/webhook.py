"""Meta Lead Ads: notices of leads from Facebook and Instagram, which carry ids only.

Meta docs, "Webhooks for Leadgen", "Webhooks, Getting Started" and "Retrieving Leads". A record is
called by its `leadgen_id` alone. Nothing marks the leads of Meta's own test tool but the words that
it fills in, and those of the dashboard's test button but their ids, which are all fours.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from leadline.model.errors import Unauthentic
from leadline.model.json_text import decode, elements, peek, read_json
from leadline.model.lead import Delivery, Event, Kind, LeadFields
from leadline.ports.source import Answer, Source
from leadline.vendors._webhooks import signing
from leadline.vendors._webhooks.fields import demand_something, drawn, text, with_source
from leadline.vendors._webhooks.notices import by_looks, with_questions

_CHALLENGE = re.compile(r"[\w.-]{1,256}", re.ASCII)
_TEST_ID = re.compile(r"4{9,}")
_TEST_WORDS = re.compile(r"<?test lead: dummy data for", re.IGNORECASE)
_PLATFORMS = {"fb": "Facebook", "ig": "Instagram"}


class _Body(msgspec.Struct):
    entry: msgspec.Raw


class _Entry(msgspec.Struct):
    changes: msgspec.Raw


class _Value(msgspec.Struct):
    leadgen_id: Any = None


class _Change(msgspec.Struct):
    field: Any = None
    value: msgspec.Raw = msgspec.Raw(b"null")


_body = msgspec.json.Decoder(_Body)
_entry = msgspec.json.Decoder(_Entry)
_change = msgspec.json.Decoder(_Change)
_value = msgspec.json.Decoder(_Value)


class Meta(Source):
    """`X-Hub-Signature-256: sha256=` and the hex HMAC of the raw body under the app's secret.

    A secret is written `app_secret:verify_token`; the second is what the dashboard asks for when
    the URL is entered.
    """

    name = "meta"

    def authenticate(self, delivery: Delivery) -> None:
        """See `Source.authenticate`; Meta signs no time."""
        if not self.config.secret:
            return
        given = signing.header(delivery, "x-hub-signature-256")
        signing.check_any(
            self.config.secret,
            lambda secret: _digest(secret, delivery.body),
            [signing.octets(given[7:].lower())] if given.startswith("sha256=") else [],
        )

    def handshake(self, delivery: Delivery) -> Answer | None:
        """Meta's question whether the URL is ours: the challenge back, if the verify token fits.
        Raises Unauthentic if it doesn't."""
        asked = signing.parameters(delivery.url)
        challenge = asked.get("hub.challenge", [""])[0]
        if asked.get("hub.mode") != ["subscribe"] or not _CHALLENGE.fullmatch(challenge):
            return None
        if self.config.secret:
            given = [signing.octets(token) for token in asked.get("hub.verify_token", ())]
            tokens = [secret.partition(":")[2] for secret in self.config.secret]
            try:
                signing.check_any(tokens, str.encode, given)
            except Unauthentic:
                raise Unauthentic("the verify token does not fit") from None
        return Answer(challenge.encode(), "text/plain; charset=utf-8")

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        digest = _digest(secret, delivery.body).decode()
        return {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """Each change of each entry; those of other fields than `leadgen` are no leads."""
        raw = read_json(delivery.body)
        body = peek(_body, raw)
        if body is None:
            return (_event(one) for one in elements(raw))
        return (_event(one) for entry in elements(bytes(body.entry)) for one in _changes(entry))

    def fields(self, raw: bytes) -> LeadFields:
        """A notice's ids, or a lead as the Graph API has it (`field_data`)."""
        body = decode(raw)
        if not isinstance(body, dict):
            return demand_something(LeadFields(), ())
        if "field_data" in body:
            fields = meta_fields(body, self.config.map)
            return demand_something(with_source(fields, "Meta Lead Ads"), _answers(body))
        value = body.get("value")
        value = value if isinstance(value, dict) and body.get("field") == "leadgen" else {}
        record = text(value.get("leadgen_id"))
        fields = drawn(
            value,
            {"created": ("created_time",)},
            read=("leadgen_id",),
            record=record,
            suspicions=_suspicions(record, {}),
        )
        return demand_something(with_source(fields, "Meta Lead Ads"), body)


def meta_fields(record: Mapping[str, Any], mapping: Mapping[str, str] = {}) -> LeadFields:
    """What a lead of the Graph API says; *mapping* places fields in questions, by their names."""
    answers, number = _answers(record), text(record.get("id"))
    about = {key: value for key, value in record.items() if key not in ("id", "field_data")}
    fields = drawn(
        {**answers, **about},
        with_questions(_FIELDS, answers),
        mapping,
        source=_PLATFORMS.get(str(record.get("platform"))),
        record=number,
        suspicions=_suspicions(number, answers),
    )
    if fields.email is None and (found := by_looks(answers)):
        fields = msgspec.structs.replace(fields, email=found)
    return fields


_FIELDS = {
    "name": ("full_name",),
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "email": ("email", "work_email"),
    "phone": ("phone_number", "work_phone_number"),
    "company": ("company_name",),
    "title": ("job_title",),
    "country": ("country",),
    "website": ("website",),
    "campaign": ("campaign_name", "ad_name", "campaign_id"),
    "created": ("created_time",),
}


def _changes(raw: bytes) -> list[bytes]:
    """The changes of an entry; the entry itself where it is something else."""
    entry = peek(_entry, raw)
    return elements(bytes(entry.changes)) if entry else [raw]


def _event(raw: bytes) -> Event:
    change = peek(_change, raw)
    if change is None or change.field is None:
        body = decode(raw)
        graph = isinstance(body, dict) and "field_data" in body
        return Event(Kind.CREATED, raw, record=text(body.get("id")) if graph else None)
    if change.field != "leadgen":
        return Event(Kind.IGNORED, raw, why="not_a_lead")
    value = peek(_value, bytes(change.value))
    number = text(value.leadgen_id) if value else None
    return Event(Kind.CREATED, raw, key=number, record=number)


def _answers(record: Mapping[str, Any]) -> dict[str, Any]:
    """The answers by the names of their questions; several chosen of one are a list."""
    data = record.get("field_data")
    found: dict[str, Any] = {}
    for one in data if isinstance(data, list) else ():
        if isinstance(one, dict) and (name := text(one.get("name"))):
            values = one.get("values")
            found[name] = values[0] if isinstance(values, list) and len(values) == 1 else values
    return found


def _suspicions(number: str | None, answers: Mapping[str, Any]) -> tuple[str, ...]:
    dummy = any(isinstance(v, str) and _TEST_WORDS.match(v) for v in answers.values())
    return ("test.flagged",) if dummy or _TEST_ID.fullmatch(number or "") else ()


def _digest(secret: str, body: bytes) -> bytes:
    """The hex signature; empty where there is no app secret, for that would be everybody's."""
    key = secret.partition(":")[0]
    return signing.hexed(signing.mac(key.encode(), body)) if key else b""


SOURCE = Meta
