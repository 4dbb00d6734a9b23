"""Decides whether an event with a known idempotency key is a redelivery or about somebody else.

A sender claims by the key that two events are the same. If their content contradicts that, the
second is another lead: some programs use one key for all events, restart counting at 1, or truncate
ids.
"""

import logging
from collections.abc import Mapping
from functools import partial
from hashlib import blake2b
from typing import Any

import msgspec

from leadline.model.errors import LeadlineError
from leadline.model.facts.differences import difference
from leadline.model.lead import CapturedLead, Kind, LeadFields
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.ports.source import Source
from leadline.ports.store import Apart, TellApart

log = logging.getLogger(__name__)

_DIGITS = 9
"""Two phone numbers match if this many last digits do, since one may lack its country code."""


def telling_apart(sources: Mapping[str, Source]) -> TellApart:
    """Compares events by the fields that their sources read in them."""
    return partial(_tell_apart, sources)


def _tell_apart(
    sources: Mapping[str, Source], lead: CapturedLead, raw: bytes, record: str | None
) -> Apart:
    # Nothing can be compared with what was deleted.
    if raw in (lead.raw, ERASED_WORDS, RETIRED_WORDS):
        return Apart(erased=raw == ERASED_WORDS)
    try:
        return _compared(sources[lead.source], lead, raw, record)
    except Exception:  # an event that can't be compared must not be lost
        log.exception("capture.not_compared", extra={"lead": lead.id})
        return Apart(identity=_of_words(lead.raw))


def _compared(source: Source, lead: CapturedLead, raw: bytes, record: str | None) -> Apart:
    try:
        before, now = source.said(raw), source.said(lead.raw)
    except LeadlineError:
        return Apart(identity=_of_words(lead.raw))
    if now == before:
        return Apart()
    if lead.record and record:
        same, identity = lead.record == record, f"record {lead.record}"
    elif lead.kind is Kind.IGNORED:
        same, identity = True, ""
    else:
        whom = _person(source, lead.raw)
        same, identity = _is_same(_person(source, raw), whom), _named(whom, now)
    return Apart(difference=difference(before, now)) if same else Apart(identity=identity)


def _person(source: Source, raw: bytes) -> dict[str, str]:
    """The marks that identify an event's person, the strongest first; empty if there is none."""
    try:
        fields = source.fields(raw)
    except LeadlineError:
        return {}
    marks = {
        "record": fields.record,
        "email": _plain(fields.email),
        "phone": "".join(filter(str.isdigit, fields.phone or ""))[-_DIGITS:],
        "name": _plain(fields.name) or _full_name(fields),
        "company": _plain(fields.company),
    }
    return {mark: value for mark, value in marks.items() if value}


def _full_name(fields: LeadFields) -> str:
    return _plain(f"{fields.first_name or ''} {fields.last_name or ''}")


def _plain(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


def _is_same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two are the same person, by the strongest mark that both have. A record alone may be
    a form's or a campaign's, so it can only tell two apart."""
    if one.get("record", "") != other.get("record", "") and "record" in one and "record" in other:
        return False
    shared = [mark for mark in one if mark in other and mark != "record"]
    if not shared:
        return "record" in one and one.keys() == other.keys() == {"record"}
    return one[shared[0]] == other[shared[0]]


def _named(whom: Mapping[str, str], words: Any) -> str:
    """An identity by which redeliveries about a person are recognised; if nobody is named, a digest
    of the content."""
    if not whom:
        return _of_words(msgspec.json.encode(words, order="deterministic"))
    mark, value = next(iter(whom.items()))
    if mark == "record" and len(whom) > 1:  # several people may share a record
        value = " ".join([value, *list(whom.values())[1:2]])
    return f"{mark} {value}"


def _of_words(words: bytes) -> str:
    return f"words {blake2b(words, digest_size=16).hexdigest()}"
