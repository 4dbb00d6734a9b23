"""Folds a lead and the other events of its record into one, in the order in which they happened.

Vendors guarantee no order of delivery: updates overtake each other, and may arrive before the event
they update. Events are ordered by the vendor's own clock; an event without a time counts as having
happened on arrival.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from leadline.journey.receiving.attributing import fields_said, newer_attribution
from leadline.journey.refinement.consenting import with_time_said
from leadline.model.errors import LeadlineError
from leadline.model.facts.likeness import EDITED_RULE
from leadline.model.lead import Change, Contact, LeadFields, RefinedLead
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.ports.source import Source
from leadline.ports.store import Waiting

_CUSTOM = "custom."
_ERASED = frozenset({ERASED_WORDS})
News = tuple[LeadFields, tuple[str, ...]]
"""The fields that an update sets, and the names of those it clears."""


def fields_of_events(source: Source, waiting: Waiting) -> LeadFields:
    """The fields of a lead's own event and its updates together; raises NotUnderstood if the own
    event has none."""
    fields = fields_said(source, waiting.raw)
    if not waiting.updates:
        return fields
    events = as_happened(source, [waiting.raw, *waiting.updates])
    first, *rest = ((fields, ()) if raw is waiting.raw else said_by(source, raw) for raw in events)
    return laid_over(first[0], *rest)


def edited_by_people(source: Source, waiting: Waiting, lead: RefinedLead) -> RefinedLead:
    """The refined lead with a change (`EDITED_RULE`) for each value of its contact that a person
    last wrote in the vendor's own pages. Only an authenticated sender can say so."""
    news = [*waiting.updates, *waiting.late]
    if not source.config.authenticated or not any(map(source.is_by_person, news)):
        return lead
    said: dict[str, str] = {}
    edits: dict[str, Change] = {}
    for raw in as_happened(source, [waiting.raw, *news]):
        by_person = raw is not waiting.raw and source.is_by_person(raw)
        for name, value in _contact_of(said_by(source, raw)[0]):
            before, said[name] = said.get(name), value
            if before != value:
                edits.pop(name, None)
                if by_person:
                    edits[name] = Change(name, before, value, EDITED_RULE)
    made = tuple(one for name, one in edits.items() if getattr(lead.contact, name))
    return msgspec.structs.replace(lead, changes=(*lead.changes, *made)) if made else lead


def _contact_of(fields: LeadFields) -> Iterator[tuple[str, str]]:
    """The names and values of the contact that were said, as far as they are set."""
    for name in Contact.__struct_fields__:
        if isinstance(value := getattr(fields, name, None), str) and value:
            yield name, value


def as_happened(source: Source, raws: Sequence[bytes]) -> list[bytes]:
    """Sort events, given in the order of arrival, by the time at which they happened."""
    at, latest = [], float("-inf")
    for raw in raws:
        when = source.happened_at(raw)
        latest = max(latest, when) if when is not None else latest
        at.append(latest if when is None else when)
    return [raws[place] for place in sorted(range(len(raws)), key=at.__getitem__)]


def said_by(source: Source, raw: bytes) -> News:
    """The changes of an update; one without readable fields, or whose data was deleted by
    retention, changes nothing."""
    if raw == RETIRED_WORDS:
        return LeadFields(), ()
    try:
        cleared = source.cleared(raw)
    except LeadlineError:
        cleared = ()
    try:
        return with_time_said(source, raw, fields_said(source, raw)), cleared
    except LeadlineError:
        return LeadFields(), cleared


def laid_over(fields: LeadFields, *news: News) -> LeadFields:
    """Apply updates, the newest last, to the fields of a lead: fields not mentioned stay, cleared
    ones become empty. Each update is visited once."""
    latest: dict[str, Any] = {}
    custom, consent = dict(fields.custom), dict(fields.consent)
    attribution = fields.attribution
    for one, cleared in news:
        said = msgspec.structs.asdict(one)
        for name in cleared:
            _clear(name, latest, custom)
        consent.update(said.pop("consent"))
        custom.update(said.pop("custom"))
        attribution = newer_attribution(said.pop("attribution"), attribution)
        latest.update((name, value) for name, value in said.items() if value)
    return msgspec.structs.replace(
        fields, **latest, custom=custom, consent=consent, attribution=attribution
    )


def _clear(name: str, latest: dict[str, Any], custom: dict[str, Any]) -> None:
    if name.startswith(_CUSTOM):
        custom.pop(name.removeprefix(_CUSTOM), None)
        return
    latest[name] = None
    if name == "owner":
        latest["owner_claimed"] = None


def end_of(source: Source, waiting: Waiting) -> str:
    """Why the record no longer exists ("deleted"); "" if it does.

    If another event of the record happened after its end, the end was undone, or was delivered
    late: a record that was deleted and restored exists. Erased events count as before the end.
    """
    news = (*waiting.updates, *waiting.late)
    for ended in waiting.ends:
        when = source.happened_at(ended.raw)
        others = _moments(source, (waiting.raw, *news)) if when is not None else []
        if when is not None and others:
            if when >= max(others):
                return ended.why
        elif set(news[ended.after :] if ended.after >= 0 else (waiting.raw, *news)) <= _ERASED:
            return ended.why
    return ""


def _moments(source: Source, raws: Iterable[bytes]) -> list[float]:
    return [when for raw in raws if (when := source.happened_at(raw)) is not None]
