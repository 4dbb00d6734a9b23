"""The fields that a condition can ask for."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from leadline.model.facts.consent import NO, UNKNOWN, YES


class FieldKind(StrEnum):
    """What a field holds, which decides its operators: a text, a number, one of some words, a
    country, several texts, or whatever the sender gave (`custom`)."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    COUNTRY = "country"
    TEXTS = "texts"
    ANY = "any"


class ConditionField(msgspec.Struct, frozen=True):
    """A field: its kind, its meaning, a condition as an example, and the words that a CHOICE may
    be."""

    kind: FieldKind
    meaning: str
    example: str
    words: tuple[str, ...] = ()


CUSTOM = "custom"
"""The field whose name goes on with the sender's own name: `custom.budget`."""

ENRICHED = "enriched"
"""The field whose name goes on with that of a value which was looked up: `enriched.size`."""

OPEN = (CUSTOM, ENRICHED)
"""The fields whose names go on with names that the settings do not know."""

HISTORY = "history."
"""How the names of fields about earlier leads begin."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_TEXT, _NUMBER, _CHOICE = FieldKind.TEXT, FieldKind.NUMBER, FieldKind.CHOICE

FIELDS: Mapping[str, ConditionField] = {
    "name": ConditionField(_TEXT, "The name of the person.", "name is not empty"),
    "first_name": ConditionField(_TEXT, "Their first name.", "first_name = Grace"),
    "last_name": ConditionField(_TEXT, "Their last name.", "last_name begins with Hop"),
    "title": ConditionField(_TEXT, "Their job.", "title matches ^(head|director|vp) of"),
    "email": ConditionField(
        _TEXT, "Their e-mail address.", "email domain in example.com, example.org"
    ),
    "email_kind": ConditionField(
        _CHOICE,
        "Whose domain the address has: a company's, a free mail provider's, a relay's or a "
        "throw-away service's.",
        "email_kind = business",
        ("business", "free", "relay", "disposable"),
    ),
    "phone": ConditionField(
        _TEXT,
        "The phone number, with + and the country's code where it is valid.",
        "phone begins with +49",
    ),
    "company": ConditionField(_TEXT, "The company.", "company contains bank"),
    "company_domain": ConditionField(
        _TEXT,
        "The domain of a company's e-mail address; none for free mail.",
        "company_domain ends with .example.com",
    ),
    "website": ConditionField(_TEXT, "The website.", "website domain in example.com"),
    "country": ConditionField(
        FieldKind.COUNTRY,
        "The country, however the lead writes it. A condition names it by its code or its English "
        "name.",
        "country in DE, AT, Switzerland",
    ),
    "message": ConditionField(_TEXT, "What they wrote.", "message contains offer"),
    "source": ConditionField(
        _TEXT, "Where the sender says that the lead is from.", "source = Webinar"
    ),
    "campaign": ConditionField(_TEXT, "The campaign.", "campaign begins with spring"),
    "received_from": ConditionField(
        _TEXT, "The source that sent the lead, as in `sources`.", "received_from in json, form"
    ),
    "score": ConditionField(
        _NUMBER,
        "The score: that of `[score]` if leads are scored, else the sender's.",
        "score between 50 and 80",
    ),
    "score.fit": ConditionField(
        _NUMBER, "How well the lead fits, 0 to 100; none if leads are not scored.", "score.fit > 60"
    ),
    "score.intent": ConditionField(
        _NUMBER,
        "How much it shows that it wants to buy, 0 to 100; none if leads are not scored.",
        "score.intent >= 50",
    ),
    "hot": ConditionField(
        _CHOICE, "Whether its score reaches `score_hot`.", "hot = yes", (YES, NO)
    ),
    "sender_score": ConditionField(_NUMBER, "The score that the sender gave.", "sender_score > 20"),
    "owner": ConditionField(
        FieldKind.TEXTS,
        "The owner, by all names: the one in `[people]`, the one in the CRM, the e-mail address, "
        "the CRM id.",
        "owner = ada",
    ),
    "owner_claimed": ConditionField(
        _TEXT, "The owner named by a sender that is not trusted in that.", "owner_claimed is empty"
    ),
    "ownership": ConditionField(
        _CHOICE,
        "Whether somebody owns the lead.",
        "ownership = assigned",
        ("assigned", "unassigned", "unknown"),
    ),
    "crm_record": ConditionField(_TEXT, "The CRM's id of the record.", "crm_record is not empty"),
    "problems": ConditionField(
        FieldKind.TEXTS,
        "The codes of what is doubtful about the lead.",
        "problems does not contain email.disposable",
    ),
    **{
        f"consent.{purpose}": ConditionField(
            _CHOICE,
            f"What was said on consent to {what}; empty if nothing was.",
            f"consent.{purpose} = {example}",
            (YES, NO, UNKNOWN),
        )
        for purpose, what, example in (
            ("email", "e-mail", "yes"),
            ("phone", "calls", "no"),
            ("sms", "text messages", "no"),
            ("ads", "advertising", "yes"),
            ("data", "the processing of the data", "unknown"),
        )
    },
    "do_not_contact": ConditionField(
        FieldKind.TEXTS,
        "What was refused or withdrawn (email, phone, sms, ads, data); all of it if the person is "
        "on the suppression list.",
        "do_not_contact = phone",
    ),
    "seen": ConditionField(
        _CHOICE,
        "Whether the person was seen before, or is new.",
        "seen = before",
        ("new", "before"),
    ),
    "duplicate.probability": ConditionField(
        _NUMBER,
        "For a duplicate: how probable it is that it is about the same person as the first lead.",
        "duplicate.probability >= 0.9",
    ),
    "duplicate.matched": ConditionField(
        FieldKind.TEXTS,
        "For a duplicate: what is the same (email, phone, name, …).",
        "duplicate.matched = email",
    ),
    "duplicate.possible": ConditionField(
        _NUMBER, "How many leads may be about the same person.", "duplicate.possible = 0"
    ),
    "history.leads": ConditionField(
        _NUMBER, "How many earlier leads of the person there are.", "history.leads >= 1"
    ),
    "history.days": ConditionField(
        _NUMBER, "How many days ago the last of them came.", "history.days < 365"
    ),
    "history.owner": ConditionField(_TEXT, "Who had the last of them.", "history.owner = ben"),
    "history.outcome": ConditionField(
        _CHOICE,
        "How the last of them ended; empty if it has not.",
        "history.outcome = won",
        ("won", "lost", "disqualified", "junk"),
    ),
    **{
        f"utm.{name}": ConditionField(
            _TEXT, f"The {what}, as the lead's UTM parameters name it.", f"utm.{name} = {example}"
        )
        for name, what, example in (
            ("source", "site or network that a click came from", "google"),
            ("medium", "kind of advertising", "cpc"),
            ("campaign", "campaign", "spring"),
            ("term", "keyword", "crm"),
            ("content", "advertisement", "banner-2"),
        )
    },
    "click_id": ConditionField(
        FieldKind.TEXTS,
        "Which networks' click ids the lead has: `gclid`, `gbraid` and `wbraid` of Google, "
        "`fbclid`, `fbc` and `fbp` of Meta, `msclkid` of Microsoft, `li_fat_id` of LinkedIn, "
        "`ttclid` of TikTok.",
        "click_id in gclid, gbraid, wbraid",
    ),
    "hour": ConditionField(
        _NUMBER,
        "The hour of the day, 0 to 23, in the zone of the first table `[hours.NAME]`; without one "
        "in UTC.",
        "hour between 9 and 16",
    ),
    "weekday": ConditionField(
        _CHOICE, "The day of the week, in the same zone.", "weekday not in sat, sun", WEEKDAYS
    ),
    CUSTOM: ConditionField(
        FieldKind.ANY,
        "`custom.NAME`: any other field, by the sender's name. What is inside of one follows after "
        'a dot, and other names than words are quoted: `custom."Budget (EUR)"`.',
        "custom.address.city = Bern",
    ),
    ENRICHED: ConditionField(
        FieldKind.ANY,
        "`enriched.NAME`: what was looked up of the lead, by the name in `[enrich.NAME.map]`; "
        "empty as long as nobody has answered.",
        "enriched.size >= 50",
    ),
}
"""Every field by name, in the order of the documentation."""
