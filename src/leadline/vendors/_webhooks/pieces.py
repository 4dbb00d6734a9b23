"""The leads in a body: JSON inside a string is parsed, and each element of a list of people is a
lead of its own.

A list is split only if it certainly holds people: no person is named beside it, its name is a word
for people or for data of any kind, and its elements identify people. Otherwise the body stays one
lead, and `guess` and refinement report that it may name another person.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from leadline.model.bounds import MOST_EVENTS
from leadline.model.errors import LeadlineError, TooManyEvents
from leadline.model.texts.json_text import decode, elements, peek, read_json
from leadline.vendors._reader.aliases import Role, normal, role
from leadline.vendors._reader.on_demand import are_answers_late as are_answers
from leadline.vendors._reader.on_demand import claimed_late as claimed
from leadline.vendors._reader.on_demand import is_answer_late as is_answer
from leadline.vendors._reader.on_demand import names_somebody_late as names_somebody
from leadline.vendors._webhooks.kinds import EventNames

_PEOPLE_WORDS = (
    "lead contact person people prospect customer client subscriber visitor user member registrant "
    "registration applicant candidate signup profile respondent submission inquiry inquiries "
    "enquiry enquiries"
)
_ANY_WORDS = (
    "data item record result row entry entries list value object payload body event batch element "
    "hit response d content document doc collection array new created added inserted updated "
    "changed json data_json input"
)
_PEOPLE = frozenset(_PEOPLE_WORDS.split())
_ANYTHING = frozenset(_ANY_WORDS.split())
_STAFF = frozenset(("user", "member", "owner", "agent", "employee", "staff", "rep"))
"""People whose list is of no leads if another list is."""
_TEXTS = ("payload", "data", "data.json", "body")
"""The keys under which senders put JSON as a string: page builders, functions behind a gateway."""
_DEEPEST = 4
_MOST_LISTS = 100
_MOST_TIMES = 4
"""Each element gets the members beside its list while the result is at most this many times the
size of the body; otherwise it gets only the short members, or none."""
_SHORT = 256
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_elements = msgspec.json.Decoder(list[msgspec.Raw])
_text = msgspec.json.Decoder(str)
_Members = Mapping[str, msgspec.Raw]


def leads_in(raw: bytes) -> Sequence[bytes]:
    """The leads of JSON text, each as JSON text: the elements of an array, and those of a list of
    people, each with the members beside the list. A single lead is the unchanged text.

    Raises TooManyEvents for more than a delivery may ever hold, and Unreadable for an array that is
    nested too deeply.
    """
    if is_one(raw):
        return (raw,)
    opened = _opened(raw)
    if _answers_of_one(opened):
        return (opened,)
    found: list[bytes] = []
    for one in elements(opened):
        found += _leads(_opened(one), 0)
        if len(found) > MOST_EVENTS:
            raise TooManyEvents(MOST_EVENTS)
    return found


def is_one(raw: bytes) -> bool:
    """Whether JSON text is certainly one lead as it stands: it has no list, and no JSON in it."""
    return b"[" not in raw and (b"\\" not in raw or not _may_hold_json(raw))


def _opened(raw: bytes) -> bytes:
    """The text with JSON strings in it parsed: the whole, or the value of one of `_TEXTS` in an
    object that names no person beside it. Its size is limited like a body's."""
    if not _may_hold_json(raw):
        return raw
    if raw.lstrip(b" \t\r\n")[:1] == b'"':
        return _json_in(raw) or raw
    members = peek(_members, raw)
    if members is None:
        return raw
    read = {key: inner for key in _TEXTS if key in members and (inner := _json_in(members[key]))}
    beside = {key: text for key, text in members.items() if key not in read}
    if not read or names_somebody(_value(beside)):
        return raw
    whole = members | {key: msgspec.Raw(inner) for key, inner in read.items()}
    if not any(key in members for key in EventNames.__struct_fields__):
        for inner in read.values():
            whole |= _names_in(inner)
    return msgspec.json.encode(whole)


def _names_in(raw: bytes) -> dict[str, msgspec.Raw]:
    """The event names in JSON that was a string; they count as the body's own."""
    members = peek(_members, raw) or {}
    return {
        key: members[key]
        for key in EventNames.__struct_fields__
        if key in members and bytes(members[key])[:1] == b'"'
    }


def _answers_of_one(raw: bytes) -> bool:
    """Whether an array is the answers of one person: `[{"question": …, "answer": …}]`."""
    if raw.lstrip(b" \t\r\n")[:1] != b"[":
        return False
    within = peek(_elements, raw) or ()
    try:
        return any(is_answer(decode(bytes(one))) for one in within[:1]) and are_answers(decode(raw))
    except LeadlineError:
        return False


def _may_hold_json(raw: bytes) -> bool:
    """Whether a string in the JSON text may be JSON: it would have escaped quotation marks."""
    return b'\\"' in raw or b"\\u0022" in raw


def _json_in(raw: bytes) -> bytes | None:
    """The object or array inside a JSON string, or None."""
    written = peek(_text, raw)
    if written is None or written.lstrip()[:1] not in ("{", "["):
        return None
    try:
        read = read_json(written.encode(errors="replace"))
        decode(read)  # JSON that is nested too deeply stays a string
    except LeadlineError:
        return None
    return read


def _leads(raw: bytes, depth: int) -> list[bytes]:
    """The leads of one object, or of an array in an array."""
    if b"[" not in raw or depth > _DEEPEST:
        return [raw]
    if raw.lstrip(b" \t\r\n")[:1] == b"[":
        if _answers_of_one(raw):
            return [raw]
        within = [bytes(element) for element in peek(_elements, raw) or ()]
        if not within or not all(element.startswith(b"{") for element in within):
            return [raw]
        return [lead for element in within for lead in _leads(element, depth + 1)]
    members = peek(_members, raw)
    if not members:
        return [raw]
    value = _value(members)
    return _cut(members, value) or _cut_within(members, value, depth) or [raw]


def _cut(members: _Members, value: Mapping[str, Any]) -> list[bytes]:
    """The elements of the lists of people in an object; none if there are fewer than two, or it is
    not certain that they are people."""
    candidates = [key for key, inner in value.items() if isinstance(inner, list)]
    if len(candidates) > _MOST_LISTS:
        return []
    people = [key for key in candidates if _holds_people(key, value[key])]
    staff = [key for key in candidates if _holds_staff(key, value[key])]
    lists = [key for key in people if key not in staff] or people
    if not lists or (sum(len(value[key]) for key in lists) < 2 and set(staff) <= set(lists)):
        return []
    beside = {key: text for key, text in members.items() if key not in (*lists, *staff)}
    around = _value(beside)
    if not claimed(around) <= {"name"} or (
        names_somebody(around) and not all("name" in claimed(one) for one in _each(value, lists))
    ):
        return []  # one person with several addresses, or with friends
    cut = [(key, one) for key in lists for one in peek(_elements, members[key]) or ()]
    return _each_beside(cut, beside)


def _each(value: Mapping[str, Any], keys: Iterable[str]) -> Iterator[Any]:
    return (one for key in keys for one in value[key])


def _cut_within(members: _Members, value: Mapping[str, Any], depth: int) -> list[bytes]:
    """The leads in a nested list: `{"data": {"leads": [...]}}`."""
    for key, inner in value.items():
        if not isinstance(inner, dict) or not _stands_for(_ANYTHING, normal(key)):
            continue
        found = _leads(bytes(members[key]), depth + 1)
        if len(found) > 1:  # the first decides: checking around each would take quadratic time
            beside = {name: text for name, text in members.items() if name != key}
            if not claimed(_value(beside)) <= {"name"}:
                return []
            return _each_beside([(key, one) for one in found], beside, in_list=False)
    return []


def _holds_people(key: str, value: Sequence[Any]) -> bool:
    """Whether a list certainly holds people."""
    if not value or role(key) in (Role.NOBODY, Role.OWNER):
        return False
    if not all(isinstance(one, dict) for one in value):
        return False
    name = normal(key)
    some = [one for one in value[:MOST_EVENTS] if one]
    if _stands_for(_PEOPLE, name):
        return any(claimed(one) and not is_answer(one) for one in some)
    words = (name, *name.split("_"))
    if not (_stands_for(_ANYTHING, name) or any(_stands_for(_PEOPLE, word) for word in words)):
        return False
    return bool(some) and all(_is_somebody(one) and not is_answer(one) for one in some)


def _holds_staff(key: str, value: Sequence[Any]) -> bool:
    """Whether a list holds people of the sender's own, if another list holds leads."""
    is_named_so = role(key) is Role.OWNER or _stands_for(_STAFF, normal(key))
    return is_named_so and any(isinstance(one, dict) and claimed(one) for one in value)


def _is_somebody(value: Any) -> bool:
    said = claimed(value)
    return "email" in said or said >= {"phone", "name"}


def _stands_for(words: frozenset[str], name: str) -> bool:
    return name in words or name.removesuffix("s") in words


def _each_beside(
    cut: Sequence[tuple[str, bytes]], beside: _Members, *, in_list: bool = True
) -> list[bytes]:
    """Each element under its key, with the members beside the list within the limit of growth."""
    most = _MOST_TIMES * sum(len(one) for _, one in cut)
    kept = dict(beside)
    if sum(map(len, kept.values())) * len(cut) > most:
        kept = {key: text for key, text in kept.items() if len(key) + len(text) <= _SHORT}
    if sum(map(len, kept.values())) * len(cut) > most:
        kept = {}
    return [
        msgspec.json.encode({key: [msgspec.Raw(one)] if in_list else msgspec.Raw(one), **kept})
        for key, one in cut
    ]


def _value(members: _Members) -> dict[str, Any]:
    """The members of an object as values; {} if they can't be read."""
    try:
        value: dict[str, Any] = decode(msgspec.json.encode(members))
    except LeadlineError:
        return {}
    return value
