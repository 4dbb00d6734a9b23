"""What an index keeps of a lead to answer questions (`ports.reading.questions`): facets and
words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from leadline.model.facts.awaiting import first_touch, is_awaited
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.lead import RefinedLead, Status
from leadline.model.texts.folding import folded_for_search
from leadline.model.texts.patterns import late
from leadline.ports.reading.ledger import UNOWNED_STATUSES, LeadRow, searchable
from leadline.ports.reading.questions import NOT_LEADS
from leadline.privacy.masking import PersonWords, known_in, masked_field

_WORD = late(r"[^\W_]+")
MOST_WORDS = 4_000
"""The length to which the searchable text of a lead is cut, in characters."""
_MOST_RAW = 4 * MOST_WORDS


class IndexEntry(msgspec.Struct, frozen=True):
    """A lead as a store has it: its row of a list, its refined document and its handling, whether
    a channel has told of it, whether it has a dead letter, and its raw JSON while it is not
    refined."""

    row: LeadRow
    lead: RefinedLead | None = None
    handling: Handling = UNHANDLED
    told: bool = False
    dead: bool = False
    raw: str = ""


class Facet(msgspec.Struct, frozen=True):
    """By what a lead is found, sorted and counted. `campaign` and `company` are without words of
    the person (masked), `company`, `name` and `owner_key` folded. `masked_name` is the name, masked
    and folded. `awaited` is whether a person is still to respond, and `ending` a value of
    `Ending`."""

    lead_id: str
    captured_at: datetime
    source: str
    status: Status
    campaign: str | None = None
    owner: str | None = None
    owner_key: str | None = None
    company: str | None = None
    name: str | None = None
    masked_name: str | None = None
    score: float | None = None
    duplicate: bool = False
    hot: bool = False
    dead: bool = False
    unowned: bool = False
    valid: bool = False
    told: bool = False
    claimed: bool = False
    contacted: bool = False
    awaited: bool = False
    ending: str = ""


class Words(msgspec.Struct, frozen=True):
    """The folded texts of a lead: what people see who see masked leads (`shown`) and the rest
    (`personal`), and of both the beginnings of words that are found by one or two characters."""

    shown: str = ""
    personal: str = ""
    shown_names: str = ""
    personal_names: str = ""


def indexed(entry: IndexEntry) -> tuple[Facet, Words]:
    """The facets and the texts of a lead or another event; one that made no lead has no texts."""
    row, lead = entry.row, entry.lead
    facet = Facet(row.lead_id, row.captured_at, row.source, row.status, dead=entry.dead)
    if row.status in NOT_LEADS:
        return facet, Words()
    if lead is None:
        sent = folded_for_search(searchable(entry.raw[:_MOST_RAW]))
        return facet, Words(folded_for_search(row.source), sent[:MOST_WORDS])
    known = known_in(lead)
    company = _masked("company", lead.contact.company, known)
    campaign = _masked("campaign", lead.lead_details.campaign, known)
    masked = (
        _masked("name", lead.contact.name, known),
        _masked("email", lead.contact.email, known),
    )
    facet = msgspec.structs.replace(facet, masked_name=_folded(masked[0]))
    return _facet(facet, entry, lead, company, campaign), Words(
        _joined((company, campaign, row.owner, row.source, *masked)),
        _joined(_personal(lead))[:MOST_WORDS],
        spaced(_folded(company) or ""),
        spaced(_joined((lead.contact.name, lead.contact.company))),
    )


def _facet(
    base: Facet, entry: IndexEntry, lead: RefinedLead, company: str | None, campaign: str | None
) -> Facet:
    row, handling = entry.row, entry.handling
    return msgspec.structs.replace(
        base,
        campaign=campaign,
        owner=row.owner,
        owner_key=_folded(row.owner),
        company=_folded(company),
        name=_folded(lead.contact.name),
        score=row.score,
        duplicate=row.duplicate_of is not None,
        hot=row.hot,
        unowned=row.owner is None and row.status in UNOWNED_STATUSES,
        valid=lead.status == "refined",
        told=entry.told,
        claimed=handling.claimed_by is not None,
        contacted=handling.claimed_by is not None or handling.touched_at is not None,
        awaited=_awaits(lead, handling),
        ending=str(handling.ending),
    )


def _awaits(lead: RefinedLead, handling: Handling) -> bool:
    if lead.status != "refined" or first_touch(handling) is not None:
        return False
    return is_awaited(lead, handling)


def _masked(field: str, value: str | None, known: PersonWords) -> str | None:
    return masked_field(field, value, known) if value else None


def spaced(text: str) -> str:
    """The words of a folded text, with a blank before each. Each character of a script that puts
    no blanks between words is a word of its own."""
    words = _WORD.findall(text)
    if not text.isascii():
        words = [one for word in words for one in _parted(word).split()]
    return "".join(f" {word}" for word in words)


def _parted(word: str) -> str:
    return "".join(f" {one} " if _is_a_word(one) else one for one in word)


def _is_a_word(character: str) -> bool:
    return "\u3040" <= character <= "\u9fff" or "\u0e00" <= character <= "\u0eff"


def digits_of(text: str) -> str:
    """The digits of a text that looks like a telephone number; else ""."""
    digits = "".join(filter(str.isdecimal, text))
    return digits if len(digits) >= 3 and not set(text) - set("0123456789+-()/. ") else ""


def _personal(lead: RefinedLead) -> Iterator[str | None]:
    who, details = lead.contact, lead.lead_details
    yield from (who.name, who.email, who.phone, who.company, details.crm_record, details.campaign)
    yield from (digits_of(phone) for phone in (who.phone, who.phone_e164) if phone)
    yield from (who.title, who.website, details.message)
    yield from _leaves(lead.custom)


def _leaves(value: Any) -> Iterator[str]:
    """The texts and numbers in a JSON value."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(reversed(one.values()))
        elif isinstance(one, list):
            waiting.extend(reversed(one))
        elif one is not None and not isinstance(one, bool):
            yield str(one)


def _joined(parts: Any) -> str:
    return "\n".join(folded_for_search(part) for part in parts if part)


def _folded(text: str | None) -> str | None:
    return folded_for_search(text) if text else None
