"""The values of a lead by the names of the fields of conditions: texts as they are compared, and
numbers. A field that is missing or blank has none."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from leadline.model.facts.consent import NO, PURPOSES, YES, refused
from leadline.model.facts.scored_leads import is_hot, score_of
from leadline.model.lead import RefinedLead
from leadline.settings.conditions.fields import CUSTOM, ENRICHED, WEEKDAYS
from leadline.settings.conditions.text import fold_text
from leadline.settings.conditions.values import is_number
from leadline.team.matching.subject import Subject, Test, ownership_of

Texts = Callable[[Subject], Iterable[str]]
"""The folded texts of a field."""
Numbers = Callable[[Subject], Sequence[float]]
"""The numbers of a field."""

_MOST = 1000
"""So many values of a list among the custom fields are looked at."""
_WHOLE = 10**15
_DAY = timedelta(days=1)


def _contact(name: str) -> Texts:
    return lambda subject: subject.folded(getattr(subject.lead.contact, name))


def _detail(name: str) -> Texts:
    return lambda subject: subject.folded(getattr(subject.lead.lead_details, name))


def _consent(purpose: str) -> Texts:
    def texts(subject: Subject) -> Iterable[str]:
        said = subject.lead.consent.get(purpose)
        return (said.value,) if said is not None else ()

    return texts


def _phone(subject: Subject) -> Iterable[str]:
    contact = subject.lead.contact
    return subject.folded(contact.phone_e164 or contact.phone)


def _country(subject: Subject) -> Iterable[str]:
    return subject.folded(subject.country)


def _matched(subject: Subject) -> Iterable[str]:
    first = subject.lead.duplicate_of
    return first.matched if first is not None else ()


def _hot(subject: Subject) -> Iterable[str]:
    return (YES if is_hot(subject.lead) else NO,)


def _utm(name: str) -> Texts:
    def texts(subject: Subject) -> Iterable[str]:
        told = subject.lead.attribution
        return subject.folded(getattr(told, f"utm_{name}")) if told is not None else ()

    return texts


def _click_ids(subject: Subject) -> Iterable[str]:
    told = subject.lead.attribution
    return told.click_ids if told is not None else ()


TEXTS: Mapping[str, Texts] = {
    **{
        name: _contact(name)
        for name in (
            "name", "first_name", "last_name", "title", "email", "email_kind", "company",
            "company_domain", "website",
        )
    },
    **{
        name: _detail(name)
        for name in ("message", "source", "campaign", "owner_claimed", "crm_record")
    },
    "phone": _phone,
    "country": _country,
    "received_from": lambda subject: (subject.lead.received_from,),
    "owner": lambda subject: subject.called,
    "ownership": lambda subject: (ownership_of(subject.lead).value,),
    "problems": lambda subject: subject.lead.problems,
    **{f"consent.{purpose}": _consent(purpose) for purpose in PURPOSES},
    "do_not_contact": lambda subject: refused(subject.lead.consent),
    "hot": _hot,
    "seen": lambda subject: ("before" if subject.lead.duplicate_of is not None else "new",),
    "duplicate.matched": _matched,
    "history.owner": lambda subject: subject.folded(subject.facts.owner),
    "history.outcome": lambda subject: subject.folded(subject.facts.outcome),
    **{f"utm.{name}": _utm(name) for name in ("source", "medium", "campaign", "term", "content")},
    "click_id": _click_ids,
    "weekday": lambda subject: (WEEKDAYS[subject.local.weekday()],),
}  # fmt: skip
"""The fields that are texts."""


def _score(subject: Subject) -> Sequence[float]:
    score = score_of(subject.lead)
    return () if score is None else (score,)


def _sender_score(subject: Subject) -> Sequence[float]:
    score = subject.lead.lead_details.lead_score
    return () if score is None else (score,)


def _part_of_score(name: str) -> Numbers:
    def numbers(subject: Subject) -> Sequence[float]:
        part = getattr(subject.lead.score, name, None)
        return () if part is None else (part,)

    return numbers


def _probability(subject: Subject) -> Sequence[float]:
    first = subject.lead.duplicate_of
    return () if first is None or first.probability is None else (first.probability,)


def _days(subject: Subject) -> Sequence[float]:
    last = subject.facts.last_at
    return () if last is None else ((subject.at - last) / _DAY,)


NUMBERS: Mapping[str, Numbers] = {
    "score": _score,
    "score.fit": _part_of_score("fit"),
    "score.intent": _part_of_score("intent"),
    "sender_score": _sender_score,
    "duplicate.probability": _probability,
    "duplicate.possible": lambda subject: (len(subject.lead.possible),),
    "history.leads": lambda subject: (subject.facts.leads,),
    "history.days": _days,
    "hour": lambda subject: (subject.local.hour,),
}
"""The fields that are numbers."""


def _looked_up(lead: RefinedLead) -> Mapping[str, Any]:
    known = lead.enrichment
    return {name: one.value for name, one in known.values.items()} if known is not None else {}


_HELD: Mapping[str, Callable[[RefinedLead], Mapping[str, Any]]] = {
    CUSTOM: lambda lead: lead.custom,
    ENRICHED: _looked_up,
}
"""What the open fields are names in."""


def open_texts(field: str, path: tuple[str, ...]) -> Texts:
    """The texts of a custom field, or of one that was looked up; numbers and yes and no as JSON
    writes them."""
    held, place = _HELD[field], (field, *path)

    def texts(subject: Subject) -> Iterable[str]:
        found = subject.custom.get(place)
        if found is None:
            written = [_written(one) for one in _values(held(subject.lead), path)]
            found = subject.custom[place] = tuple(filter(None, map(fold_text, written)))
        return found

    return texts


def open_numbers(field: str, path: tuple[str, ...]) -> Numbers:
    """The numbers of such a field, and the texts that are written like one."""
    held = _HELD[field]

    def numbers(subject: Subject) -> Sequence[float]:
        found = map(_number, _values(held(subject.lead), path))
        return [number for number in found if number is not None]

    return numbers


def open_is_there(field: str, path: tuple[str, ...]) -> Test:
    """Whether such a field says anything: a text that is not blank, or what is no text."""
    held = _HELD[field]

    def is_there(subject: Subject) -> bool:
        found = _values(held(subject.lead), path)
        return any(one.strip() if isinstance(one, str) else one not in (None, {}) for one in found)

    return is_there


def _values(custom: Mapping[str, Any], path: tuple[str, ...]) -> Iterable[Any]:
    """All that stands at the path (`_reached`), which is mostly one value of one name."""
    value = custom.get(path[0]) if len(path) == 1 else custom
    if value is None or isinstance(value, dict | list):
        return _reached(custom, path)
    return (value,)


def _reached(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """What stands at the path, and each element of lists on the way and at its end. The name of a
    field may have dots itself."""
    if isinstance(value, list):
        for one in value[:_MOST]:
            if path or not isinstance(one, list):
                yield from _reached(one, path)
    elif not path:
        yield value
    elif isinstance(value, dict):
        for end in range(len(path), 0, -1):
            name = ".".join(path[:end])
            if name in value:
                yield from _reached(value[name], path[end:])
                return


def _written(value: Any) -> str:
    """A value as text; "" for what has none."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    number = _number(value)
    return "" if number is None else f"{number:.15g}"


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return float(value) if -_WHOLE < value < _WHOLE else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str) and is_number(trimmed := value.strip()):
        return float(trimmed)
    return None
