"""Meta Lead Ads: notices of leads from Facebook and Instagram, which carry ids only.

Meta docs, "Webhooks for Leadgen", "Webhooks, Getting Started" and "Retrieving Leads". A record is
named by its `leadgen_id` alone. Leads of Meta's own test tool are recognised only by the text that
it fills in, and those of the dashboard's test button only by their ids, which are all fours.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from leadline.model.errors import Unauthentic
from leadline.model.lead import Delivery, Event, Kind, LeadFields
from leadline.model.texts.json_text import decode, elements, peek, read_json
from leadline.ports.source import Answer, Source
from leadline.vendors._webhooks import signing
from leadline.vendors._webhooks.fields import demand_something, drawn, text, with_source
from leadline.vendors._webhooks.notices import by_looks, with_questions

_CHALLENGE = re.compile(r"[\w.-]{1,256}", re.ASCII)
_TEST_ID = re.compile(r"4{9,}")
_TEST_WORDS = re.compile(r"<?test lead: dummy data for", re.IGNORECASE)
_DISCLAIMERS = "custom_disclaimer_responses"
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
    signs = True

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
        """The response to Meta's verification of the URL: the challenge, if the verify token is
        right. Raises Unauthentic if it is wrong."""
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
                raise Unauthentic("the verify token is wrong") from None
        return Answer(challenge.encode(), "text/plain; charset=utf-8")

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        digest = _digest(secret, delivery.body).decode()
        return {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """One event for each change of each entry; changes of fields other than `leadgen` are
        ignored."""
        raw = read_json(delivery.body)
        body = peek(_body, raw)
        if body is None:
            return (_event(one) for one in elements(raw))
        return (_event(one) for entry in elements(bytes(body.entry)) for one in _changes(entry))

    def fields(self, raw: bytes) -> LeadFields:
        """The ids in a notice, or the fields of a lead from the Graph API (`field_data`)."""
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
    """The fields of a lead from the Graph API; *mapping* maps fields to questions by name."""
    answers, number = _answers(record), text(record.get("id"))
    left_out = ("id", "field_data", _DISCLAIMERS)
    about = {key: value for key, value in record.items() if key not in left_out}
    fields = drawn(
        {**_disclaimers(record), **answers, **about},
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
    """The changes of an entry; the value itself if it is not an entry."""
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
    """The answers by the names of their questions; several choices are a list."""
    data = record.get("field_data")
    body: dict[str, Any] = {}
    for one in data if isinstance(data, list) else ():
        if isinstance(one, dict) and (name := text(one.get("name"))):
            values = one.get("values")
            body[name] = values[0] if isinstance(values, list) and len(values) == 1 else values
    return body


def _disclaimers(record: Mapping[str, Any]) -> dict[str, Any]:
    """Whether each checkbox of the form's own disclaimer was ticked, by its key, so that `map` can
    name it (Meta docs, "Retrieving Leads")."""
    given = record.get(_DISCLAIMERS)
    return {
        key: "yes" if str(one.get("is_checked")).lower() in ("1", "true") else "no"
        for one in (given if isinstance(given, list) else ())
        if isinstance(one, dict) and (key := text(one.get("checkbox_key")))
    }


def _suspicions(number: str | None, answers: Mapping[str, Any]) -> tuple[str, ...]:
    dummy = any(isinstance(v, str) and _TEST_WORDS.match(v) for v in answers.values())
    return ("test.flagged",) if dummy or _TEST_ID.fullmatch(number or "") else ()


def _digest(secret: str, body: bytes) -> bytes:
    """The signature in hexadecimal; empty without an app secret, because anybody could compute that
    signature."""
    key = secret.partition(":")[0]
    return signing.hexed(signing.mac(key.encode(), body)) if key else b""


SOURCE = Meta
