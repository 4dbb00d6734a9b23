"""Typeform: one response of a form (Typeform docs, "Webhooks" and "Secure your webhooks").

Answers have types, but only the title or reference of a question says whether it asks for a name.
The settings can map fields to questions by id, reference or title.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from leadline.model.facts.consent import ConsentSaid
from leadline.model.lead import Delivery, Event, Kind, LeadFields
from leadline.model.texts.json_text import decode, peek, read_json
from leadline.ports.source import Source
from leadline.vendors._reader.aliases import meaning
from leadline.vendors._webhooks import signing
from leadline.vendors._webhooks.consents import answer_words
from leadline.vendors._webhooks.fields import (
    ATTRIBUTION,
    demand_something,
    drawn,
    flat,
    number,
    text,
    text_of_field,
)


class _Response(msgspec.Struct):
    token: Any = None


class _Head(msgspec.Struct):
    event_id: Any = None
    event_type: Any = None
    form_response: _Response | None = None


_head = msgspec.json.Decoder(_Head)


class Typeform(Source):
    """Signed by `Typeform-Signature: sha256=` and the HMAC of the body in base64."""

    name = "typeform"
    signs = True

    def authenticate(self, delivery: Delivery) -> None:
        """See `Source.authenticate`; the signature has no timestamp."""
        if not self.config.secret:
            return
        given = signing.header(delivery, "typeform-signature")
        signing.check_any(
            self.config.secret,
            lambda key: signing.base64ed(signing.mac(key.encode(), delivery.body)),
            [signing.octets(given.removeprefix("sha256="))] if given.startswith("sha256=") else [],
        )

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        digest = signing.base64ed(signing.mac(secret.encode(), delivery.body)).decode()
        return {"content-type": "application/json", "typeform-signature": f"sha256={digest}"}

    def events(self, delivery: Delivery) -> Sequence[Event]:
        """One event per body."""
        raw = read_json(delivery.body)
        head = peek(_head, raw)
        if head is None:
            return [Event(Kind.CREATED, raw)]
        if head.event_type not in (None, "form_response"):
            return [Event(Kind.IGNORED, raw, key=text(head.event_id), why="not_a_lead")]
        token = text(head.form_response.token) if head.form_response else None
        return [Event(Kind.CREATED, raw, key=text(head.event_id) or token)]

    def fields(self, raw: bytes) -> LeadFields:
        """See `Source.fields`."""
        body = decode(raw)
        response = body.get("form_response") if isinstance(body, dict) else None
        if not isinstance(response, dict):
            return demand_something(LeadFields(), body if isinstance(body, dict) else ())
        titles = _titles(response)
        data: dict[str, Any] = {}
        custom: dict[str, Any] = {}
        answers = response.get("answers")
        for answer in answers if isinstance(answers, list) else ():
            if isinstance(answer, dict):
                self._take(answer, titles, data, custom)
        hidden = response.get("hidden")
        for key, value in hidden.items() if isinstance(hidden, dict) else ():
            name = _field_of(key)
            if name and name not in data and text(value):
                data[name] = text(value)
            else:
                custom[f"hidden.{key}"] = value
        calculated = response.get("calculated")
        score = number(calculated.get("score")) if isinstance(calculated, dict) else None
        data.setdefault("source", "Typeform")
        data.setdefault("created", text(response.get("submitted_at")))
        custom |= flat({k: response.get(k) for k in ("form_id", "token", "variables")})
        fields = drawn({}, {}, **{**data, "score": data.get("score", score)}, custom=custom)
        return demand_something(fields, titles.values())

    def _take(
        self,
        answer: dict[str, Any],
        titles: Mapping[str, str],
        body: dict[str, Any],
        custom: dict[str, Any],
    ) -> None:
        field = answer.get("field") if isinstance(answer.get("field"), dict) else {}
        assert isinstance(field, dict)  # noqa: S101
        number_, ref = str(field.get("id", "")), str(field.get("ref", ""))
        title = titles.get(number_) or ref or number_
        value = _value(answer)
        if value in (None, "", []):
            return
        name = next((n for n, at in self.config.map.items() if at in (number_, ref, title)), None)
        name = name or _meant(str(answer.get("type")), ref, title)
        shown = text(value)
        if name and name.startswith("consent."):
            said = ConsentSaid(answer_words(value) or "", title)
            body.setdefault("consent", {})[name.removeprefix("consent.")] = said
        elif name in ATTRIBUTION and shown is not None:
            body.setdefault("attribution", {})[name] = shown
        elif name and name not in body and shown is not None:
            body[name] = shown
        else:
            custom[title] = value


# Patterns of question titles, the more specific first.
_TITLES = (
    (r"first name|given name|vorname", "first_name"),
    (r"last name|surname|family name|nachname", "last_name"),
    (r"company|organi[sz]ation|employer|business name|firma", "company"),
    (r"job title|your role|your position", "title"),
    (r"(your|full) name|^name\b|who are you", "name"),
    (r"country", "country"),
    (r"website|web site", "website"),
    (r"message|how can we help|anything else|tell us", "message"),
)
_TYPES = {"email": "email", "phone_number": "phone", "url": "website"}


def _meant(kind: str, ref: str, title: str) -> str | None:
    if kind in _TYPES:
        return _TYPES[kind]
    if kind not in ("text", "choice"):
        return None
    known = _field_of(ref) or _field_of(title)
    if known:
        return known
    return next((n for words, n in _TITLES if re.search(words, title, re.IGNORECASE)), None)


def _field_of(key: str) -> str | None:
    known = meaning(key)
    return known[0] if known else None


def _value(answer: dict[str, Any]) -> Any:
    value = answer.get(str(answer.get("type")))
    if isinstance(value, dict):
        if isinstance(value.get("labels"), list):
            labels = value["labels"]
            return [*labels, value["other"]] if value.get("other") else labels
        return value.get("label") or value.get("other") or text_of_field("name", value)
    return value


def _titles(response: Mapping[str, Any]) -> dict[str, str]:
    definition = response.get("definition")
    fields = definition.get("fields") if isinstance(definition, dict) else None
    return {
        str(f.get("id")): str(f.get("title"))
        for f in (fields if isinstance(fields, list) else ())
        if isinstance(f, dict) and f.get("title")
    }


SOURCE = Typeform
