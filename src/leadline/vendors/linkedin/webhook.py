"""LinkedIn Lead Sync: notices of lead forms, which carry ids only.

LinkedIn docs, "Lead Sync", "Lead Sync Schema" and "Webhooks" (validation and signatures). A record
is named by the id of its response, `1a2b3c-4`. Answers refer to questions by number, so a response
is read together with its form, in the form of LinkedIn's own decoration (`form`).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from leadline.model.lead import Delivery, Event, Kind, LeadFields
from leadline.model.texts.json_places import placed
from leadline.model.texts.json_text import decode, elements, peek, read_json
from leadline.ports.source import Answer, Source
from leadline.vendors._webhooks import signing
from leadline.vendors._webhooks.fields import demand_something, drawn, text, with_source
from leadline.vendors._webhooks.notices import by_looks, with_questions

_KINDS = {"CREATED": Kind.CREATED}
_PREFIX = "hmacsha256="
# The format of LinkedIn's challenges. Nothing else may be signed: for "hmacsha256=" and an
# attacker's body, the response would be the signature of a forged delivery.
_CHALLENGE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_URN = "urn:li:leadGenFormResponse:"


class _Notice(msgspec.Struct):
    type: Any = None
    leadGenFormResponse: Any = None
    leadAction: Any = None
    occurredAt: Any = None
    id: Any = None


_notice = msgspec.json.Decoder(_Notice)


class LinkedIn(Source):
    """`X-LI-Signature`: the HMAC-SHA256 of `hmacsha256=` and the body in hexadecimal, without a
    timestamp."""

    name = "linkedin"
    signs = True
    time_fields = ("occurredAt",)

    def authenticate(self, delivery: Delivery) -> None:
        """Signed with the app's client secret; some receivers get the prefix in the header too."""
        if not self.config.secret:
            return
        given = signing.header(delivery, "x-li-signature").lower().removeprefix(_PREFIX)
        signing.check_any(
            self.config.secret,
            lambda key: _digest(key, _PREFIX.encode() + delivery.body),
            [signing.octets(given)],
        )

    def handshake(self, delivery: Delivery) -> Answer | None:
        """The response to the challenge with which LinkedIn validates the URL every two hours. It
        is signed with the first secret, which must be the app's current one."""
        code = signing.parameters(delivery.url).get("challengeCode", [""])[0]
        secret = next(filter(None, self.config.secret), None)
        if secret is None or not _CHALLENGE.fullmatch(code):
            return None
        response = _digest(secret, code.encode()).decode()
        told = {"challengeCode": code, "challengeResponse": response}
        return Answer(msgspec.json.encode(told))

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        digest = _digest(secret, _PREFIX.encode() + delivery.body).decode()
        return {"content-type": "application/json", "x-li-signature": digest}

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """One event per body."""
        return (_event(raw) for raw in elements(read_json(delivery.body)))

    def fields(self, raw: bytes) -> LeadFields:
        """The ids in a notice, or the fields of a response from LinkedIn's API (`formResponse`,
        `form`)."""
        body = decode(raw)
        if not isinstance(body, dict):
            return demand_something(LeadFields(), ())
        if "formResponse" in body:
            fields = linkedin_fields(body, self.config.map)
        else:
            fields = drawn(
                body,
                {"created": ("occurredAt",)},
                read=("type", "leadAction", "leadGenFormResponse"),
                record=_named(body.get("leadGenFormResponse")),
            )
        return demand_something(with_source(fields, "LinkedIn"), body)


def linkedin_fields(record: Mapping[str, Any], mapping: Mapping[str, str] = {}) -> LeadFields:
    """The fields of a response from LinkedIn's API; *mapping* maps fields to questions by their
    names in the form (or LinkedIn's names such as `FIRST_NAME`), or to hidden fields."""
    answers = _answers(record)
    campaign = placed(record, "leadMetadata.sponsoredLeadMetadata.campaign")
    about = {key: record.get(key) for key in _ABOUT}
    fields = drawn(
        {**about, **_hidden(record), **_consents(record), **answers},
        with_questions(_FIELDS, [*answers, *_hidden(record)]),
        mapping,
        read=("submittedAt",),
        created=text(record.get("submittedAt")),
        record=_named(record.get("id")),
        suspicions=("test.flagged",) if record.get("testLead") is True else (),
    )
    if fields.campaign is None and (urn := text(campaign)):
        fields = msgspec.structs.replace(fields, campaign=urn)
    if fields.email is None and (found := by_looks(answers)):
        fields = msgspec.structs.replace(fields, email=found)
    return fields


_ABOUT = ("leadType", "owner", "associatedEntity", "versionedLeadGenFormUrn")
_FIELDS = {
    "first_name": ("FIRST_NAME",),
    "last_name": ("LAST_NAME",),
    "email": ("EMAIL", "WORK_EMAIL"),
    "phone": ("PHONE_NUMBER", "WORK_PHONE_NUMBER"),
    "company": ("COMPANY_NAME",),
    "title": ("JOB_TITLE",),
    "country": ("COUNTRY",),
}


def _event(raw: bytes) -> Event:
    notice = peek(_notice, raw)
    if notice is None:
        return Event(Kind.CREATED, raw)
    if notice.type is None:
        return Event(Kind.CREATED, raw, record=_named(notice.id))
    record, action = _named(notice.leadGenFormResponse), text(notice.leadAction) or "unknown"
    key = f"{record}:{action}" if record else None
    if notice.type != "LEAD_ACTION":
        return Event(Kind.IGNORED, raw, key=key, why="not_a_lead")
    kind = _KINDS.get(action, Kind.IGNORED)
    why = "" if kind is Kind.CREATED else action.lower()[:40]
    return Event(kind, raw, key=key, record=record, why=why)


def _named(ident: Any) -> str | None:
    """The id of a response, given as id or as URN."""
    return text((text(ident) or "").removeprefix(_URN))


def _answers(record: Mapping[str, Any]) -> dict[str, Any]:
    """The answers by question: LinkedIn's name of the field, else the form's own."""
    questions = placed(record, "form.content.questions")
    asked = {
        text(one.get("questionId")): one
        for one in (questions if isinstance(questions, list) else ())
        if isinstance(one, dict)
    }
    given, body = placed(record, "formResponse.answers"), {}
    for one in given if isinstance(given, list) else ():
        if isinstance(one, dict):
            number = text(one.get("questionId"))
            body[_asked(asked.get(number, {}), number)] = _answer(one, asked.get(number, {}))
    return body


def _asked(question: Mapping[str, Any], number: str | None) -> str:
    names = (question.get(key) for key in ("predefinedField", "name", "label"))
    return next((n for name in names if (n := text(name))), None) or f"answer.{number}"


def _answer(answer: Mapping[str, Any], question: Mapping[str, Any]) -> Any:
    """The text of an answer; the numbers of the chosen options if the form is unknown."""
    words = text(placed(answer, "answerDetails.textQuestionAnswer.answer"))
    chosen = placed(answer, "answerDetails.multipleChoiceAnswer.options")
    if words is not None or not isinstance(chosen, list):
        return words
    options = placed(question, "questionDetails.multipleChoiceQuestionDetails.options")
    named = {
        text(one.get("id")): _shown(one)
        for one in (options if isinstance(options, list) else ())
        if isinstance(one, dict)
    }
    picked = [named.get(text(one)) or text(one) for one in chosen]
    return picked[0] if len(picked) == 1 else picked


def _shown(option: Mapping[str, Any]) -> str | None:
    localized = placed(option, "text.localized")
    texts = localized.values() if isinstance(localized, dict) else ()
    return next((t for one in texts if (t := text(one))), None) or text(option.get("label"))


def _hidden(record: Mapping[str, Any]) -> dict[str, Any]:
    """The hidden fields of the form, which contain the campaign."""
    fields = placed(record, "form.hiddenFields")
    return {
        name: one.get("value")
        for one in (fields if isinstance(fields, list) else ())
        if isinstance(one, dict) and (name := text(one.get("name")))
    }


def _consents(record: Mapping[str, Any]) -> dict[str, Any]:
    """Whether each of the form's own consents was given, as `consent.ID`, so that `map` can name it
    (Lead Sync Schema, "consentResponses")."""
    given = placed(record, "formResponse.consentResponses")
    return {
        f"consent.{number}": "yes" if one.get("accepted") is True else "no"
        for one in (given if isinstance(given, list) else ())
        if isinstance(one, dict) and (number := text(one.get("consentId")))
    }


def _digest(key: str, message: bytes) -> bytes:
    return signing.hexed(signing.mac(key.encode(), message))


SOURCE = LinkedIn
