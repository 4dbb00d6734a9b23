"""What is known of a lead when it has been captured, as named columns that a model can read.

Training and scoring call the same function, so that they cannot differ. No column holds a name, an
address, a phone number or a message: of these only whether they are there, and how long.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from math import isfinite
from typing import Any

from leadline.model.facts.attribution import Attribution
from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.model.texts.patterns import late
from leadline.scoring.model_file import ColumnGroup

CUSTOM = "custom."
"""The beginning of the names of columns that are custom fields of the sender."""
TITLE_WORD = "title word "
PROBLEM = "problem "
MOST_CUSTOM, MOST_TITLE_WORDS = 200, 12
_LONGEST_WORD = 80
_BEGINS_NUMBERS = "0123456789+-."
_WORDS = late(r"[^\W\d_]{2,30}")
_SPACES = late(r"[\s_]+")
_CAMEL = late(r"(?<=[a-z])(?=[A-Z])")
_TELLS_DEEDS = (
    "visit visits view views page pages click clicks time spent activity activities score opened "
    "downloads downloaded session sessions duration pageviews events source medium origin channel "
    "campaign landing referrer utm keyword request requested interest budget timeline"
)
"""Words in the names of custom fields that tell what somebody did, not who they are."""
_DEEDS = frozenset(_TELLS_DEEDS.split())
_OF_INTENT = (
    "source campaign received_from hour weekday has_message message_length clicked_ad sender_score "
    "seen_before"
)
_INTENT = frozenset(_OF_INTENT.split())

Value = float | str
"""A number, or a word in lower case. What is missing is not in the mapping."""


def capture_columns(lead: RefinedLead, zone: tzinfo = UTC) -> dict[str, Value]:
    """The columns of a lead by name; hours and weekdays (0 is Monday) are those of *zone*.

    Custom fields come as numbers if they are, else as words in lower case of at most 80 characters;
    lists and objects are no columns.
    """
    at = lead.captured_at.astimezone(zone)
    found: dict[str, Value] = {
        "hour": float(at.hour),
        "weekday": float(at.weekday()),
        "problems": float(len(lead.problems)),
        "seen_before": float(lead.duplicate_of is not None),
        "received_from": lead.received_from,
    }
    for code in lead.problems:
        found[PROBLEM + code] = 1.0
    _describe(found, lead.contact)
    _detail(found, lead.lead_details)
    if lead.attribution is not None:
        _attribute(found, lead.attribution)
    found.update(_custom(lead.custom))
    return found


def is_flag(name: str) -> bool:
    """Whether a column is 1 where it applies and 0, not missing, where it does not."""
    return name.startswith((TITLE_WORD, PROBLEM))


def column_group(name: str) -> ColumnGroup:
    """Whether a column tells who somebody is or what they did, by its name."""
    if name.startswith(CUSTOM):
        told = not _DEEDS.isdisjoint(_SPACES.sub(" ", name[len(CUSTOM) :]).split())
    else:
        told = name in _INTENT or name.startswith(("utm_", PROBLEM))
    return ColumnGroup.INTENT if told else ColumnGroup.FIT


def as_word(text: str) -> str:
    """A text as a category: lower case, single spaces, at most 80 characters."""
    return " ".join(text[: 2 * _LONGEST_WORD].replace("_", " ").lower().split())[:_LONGEST_WORD]


def title_words(title: str) -> list[str]:
    """The words of a job title in lower case, each once, at most 12."""
    words = dict.fromkeys(_WORDS.findall(title[:200].lower()))
    return list(words)[:MOST_TITLE_WORDS]


def as_number(value: Any) -> float | None:
    """A finite number that a sender wrote as a number, truth value or text; None for others."""
    if isinstance(value, str):
        value = value.strip()
        if not value or len(value) > 32 or value[0] not in _BEGINS_NUMBERS or "_" in value:
            return None
    elif not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def days_before(date: Value, form: str, at: datetime) -> float | None:
    """The days from a date as its sender writes it (`form` of `strptime`, "" for ISO 8601) to *at*;
    negative if it is later; None if it is no such date."""
    try:
        text = str(date).strip().upper()
        day = datetime.strptime(text, form) if form else datetime.fromisoformat(text)
    except ValueError:
        return None
    return float((at.replace(tzinfo=None).date() - day.date()).days)


def _describe(found: dict[str, Value], who: Contact) -> None:
    _add_word(found, "email_kind", who.email_kind)
    _add_word(found, "country", who.country)
    for name, text in (("phone", who.phone), ("email", who.email), ("website", who.website)):
        found[f"has_{name}"] = float(bool(text))
    _measure(found, "company", who.company)
    _measure(found, "title", who.title)
    for word in title_words(who.title or ""):
        found[TITLE_WORD + word] = 1.0


def _detail(found: dict[str, Value], about: LeadDetails) -> None:
    _add_word(found, "source", about.source)
    _add_word(found, "campaign", about.campaign)
    _measure(found, "message", about.message)
    if about.lead_score is not None and isfinite(about.lead_score):
        found["sender_score"] = float(about.lead_score)


def _measure(found: dict[str, Value], name: str, text: str | None) -> None:
    found[f"has_{name}"] = float(bool(text))
    if text:
        found[f"{name}_length"] = float(len(text))


def _add_word(found: dict[str, Value], name: str, text: str | None) -> None:
    if text and (word := as_word(text)):
        found[name] = word


def _attribute(found: dict[str, Value], clicked: Attribution) -> None:
    for name in ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"):
        _add_word(found, name, getattr(clicked, name))
    ids = (clicked.gclid, clicked.gbraid, clicked.wbraid, clicked.fbclid, clicked.fbc)
    more = (clicked.msclkid, clicked.li_fat_id, clicked.ttclid)
    found["clicked_ad"] = float(any(ids) or any(more))


def _custom(fields: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    for place, (name, value) in enumerate(fields.items()):
        if place >= MOST_CUSTOM:
            return
        if (number := as_number(value)) is not None:
            yield column_of_field(name), number
        elif isinstance(value, str) and (word := as_word(value)):
            yield column_of_field(name), word


@lru_cache(2048)  # the fields of a source are few, and each of its leads has them
def column_of_field(name: str) -> str:
    """The name of the column of a custom field: lower case, words divided by a space, also those of
    "lastActivity"."""
    return CUSTOM + _SPACES.sub(" ", _CAMEL.sub(" ", name[:100])).strip().lower()
