"""Reading a lead from JSON of any shape, by common field names at any depth.

The object that contains an e-mail address is taken for the person. Its fields are preferred to
those of other objects, so that a form's name or an owner's address is not taken for the lead's.
"""

import re
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from leadline.model.lead import LeadFields
from leadline.vendors._webhooks.aliases import Role, meaning, role
from leadline.vendors._webhooks.answer_members import members
from leadline.vendors._webhooks.answers import are_answers, is_answer
from leadline.vendors._webhooks.dial_codes import beside_phone, is_dial_code
from leadline.vendors._webhooks.dial_labels import LONGEST_LABEL, tells
from leadline.vendors._webhooks.fields import (
    LONGEST_PATH,
    number,
    path_of,
    placed,
    scalar_or_text,
    secret,
    text,
    text_of_field,
)
from leadline.vendors._webhooks.questions import labels_in

ANOTHER_PERSON = "custom.another_person"
"""The problem code of a lead whose unrecognised fields may describe another person."""
_MOST_NODES = 2_000
_MOST_OTHERS = 20
_DEEPEST = 12
_EMAIL = re.compile(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\W\d_]{2,24}")
_NOT_THE_PERSONS = re.compile(
    r"(?:to|from|cc|bcc|sender|recipients?|reply_?to|admin|host|agent|by)$", re.IGNORECASE
)
_NOT_A_JOB = frozenset({"lead", "user", "contact", "visitor", "customer", "member", "admin"})
_NAMES = ("name", "first_name", "last_name")

# An object with one of these keys and no address is a form or a page; its name is not a person's.
_OF_A_FORM = frozenset({"form_id", "formId", "formID", "triggerType", "siteId", "page_url"})

# The lead's fields that an object of each role provides; a PERSON provides all.
_GIVES: Mapping[Role, Mapping[str, str]] = {
    Role.COMPANY: {
        "name": "company",
        "company": "company",
        "website": "website",
        "country": "country",
    },
    Role.OWNER: {"owner": "owner"},
    Role.CAMPAIGN: {"name": "campaign", "source": "source", "campaign": "campaign"},
    Role.CONTEXT: {"source": "source", "campaign": "campaign"},
    Role.PLACE: {"country": "country"},
    Role.NOBODY: {},
}
_THINGS_OWN = frozenset({*_NAMES, "title", "source", "message"})
_CONTAINERS = (dict, list)
_CLOSED = (Role.NOBODY, Role.OWNER)
_RANK = itemgetter(0)


class _Object:
    """One object of the body: its candidates for fields of the lead (`candidates`: rank, field,
    text, path, value), and its other members (`rest`: path, value)."""

    def __init__(self, path: str, role: Role, depth: int, among: list[Any] | None = None) -> None:
        self.path = path
        self.role = role
        self.depth = depth
        self.among = among  # the nearest list that contains it
        self.of_a_form = False
        self.candidates: list[tuple[int, str, str, str, Any]] = []
        self.rest: list[tuple[str, Any]] = []

    def has_candidate(self, field: str) -> bool:
        return self.role is Role.PERSON and field in [one[1] for one in self.candidates]


def guessed(value: Any, mapping: Mapping[str, str] = {}) -> LeadFields:
    """The fields of a lead from any JSON value. *mapping* are paths by field name from the
    settings; they win.

    Values that are not recognised go to `custom` under their dotted paths. Of several people in a
    list the first is the lead, which has the problem `ANOTHER_PERSON` then.
    """
    objects = _ordered(_gathered(value))
    body, custom = _chosen(objects)
    for name, path in mapping.items():
        there = text_of_field(name, placed(value, path)) if name != "event_id" else None
        if there is not None:
            body[name] = there
    if "email" not in body:
        _find_by_looks(objects, body, custom)
    if "phone" in body:
        mapped = mapping.get("phone", "").strip("/").replace("/", ".")
        place = mapped or _place_of(objects, "phone", body["phone"])
        body["phone"] = beside_phone(body["phone"], place, custom, body.get("country"))
    score = number(body.pop("score", None))
    others = (ANOTHER_PERSON,) if _stands_among_others(objects[0]) else ()
    return LeadFields(**body, score=score, custom=custom, suspicions=others)


def claimed(value: Any) -> frozenset[str]:
    """Which of "name", "email" and "phone" a value has under the usual names."""
    found: set[str] = set()
    for node in _gathered(value):
        if node.role is not Role.PERSON:
            continue
        for _, field, words, _, _ in node.candidates:
            if field in _NAMES and not node.of_a_form:
                found.add("name")
            elif field == "phone" or (field == "email" and "@" in words):
                found.add(field)
    return frozenset(found)


def names_somebody(value: Any) -> bool:
    """Whether a value identifies a person, or looks as if it did."""
    fields = guessed(value)
    return any((fields.email, fields.phone, *(getattr(fields, name) for name in _NAMES)))


def _stands_among_others(node: _Object) -> bool:
    """Whether the person is in a list that identifies other people, too."""
    if node.among is None or not (node.has_candidate("email") or node.has_candidate("phone")):
        return False
    others = [one for one in node.among[1:_MOST_OTHERS] if not is_answer(one)]
    return any({"name", "email"} & claimed(one) for one in others)


def _gathered(value: Any) -> list[_Object]:
    """The objects of the body, outer ones first; at most `_MOST_NODES` members are visited."""
    objects: list[_Object] = []
    waiting: list[tuple[_Object, Any]] = [(_Object("", Role.PERSON, 0), value)]
    visited = 0
    labels = labels_in(value)
    for node, content in waiting:
        objects.append(node)
        within = f"{node.path}." if node.path else ""
        for key, inner in members(content, labels):
            visited += 1
            if visited > _MOST_NODES:
                return objects
            place = within + key
            if len(place) > LONGEST_PATH:
                place = path_of(node.path, key)
            child = _note(node, key, place, inner)
            if child is not None and node.depth < _DEEPEST:
                among = content if type(content) is list and len(content) > 1 else node.among
                waiting.append((_Object(place, child, node.depth + 1, among), inner))
    return objects


def _note(node: _Object, key: str, place: str, inner: Any) -> Role | None:
    """Record a member in `candidates` or `rest`. Returns the role of an object that is to be
    visited, else None."""
    if len(key) <= LONGEST_LABEL and tells(key) and is_dial_code(key, inner):
        node.rest.append((place, inner))
        return None
    known = meaning(key)
    if known and type(inner) is list and are_answers(inner):
        known = None  # a list of answers under "details" is no message
    field = known and _given(node, known[0])
    words = text_of_field(field, inner) if field else None
    if known and field and words is not None and _believable(field, words):
        node.candidates.append((known[1], field, words, place, inner))
        return (role(key) or Role.NOBODY) if isinstance(inner, _CONTAINERS) else None
    if isinstance(inner, _CONTAINERS):
        if isinstance(inner, dict) or any(isinstance(v, _CONTAINERS) for v in inner):
            return _child_role(node.role, key)
    elif key in _OF_A_FORM:
        node.of_a_form = True
    elif known and inner is False:
        return None  # Odoo writes empty fields as false
    node.rest.append((place, inner))
    return None


def _given(node: _Object, field: str) -> str | None:
    if node.role is Role.PERSON:
        return field if field != "record" or node.depth < 2 else None
    if node.role is Role.THING:
        return None if field in _THINGS_OWN else field
    return _GIVES[node.role].get(field)


def _believable(field: str, words: str) -> bool:
    if field == "score":
        return number(words) is not None
    if field == "title":
        return words.lower() not in _NOT_A_JOB
    return not (field in ("country", "source") and words.isdigit())


def _child_role(parent: Role, key: str) -> Role:
    if parent in _CLOSED:
        return parent
    if key.isdigit():  # of several people in a list, only the first is the lead
        return parent if key == "0" else Role.NOBODY
    return role(key) or (Role.PERSON if parent is Role.THING else parent)


def _ordered(objects: list[_Object]) -> list[_Object]:
    """The person and the objects inside it first; then the others, outer ones first."""
    person = next((o for o in objects if o.has_candidate("email")), None)
    person = person or next((o for o in objects if o.has_candidate("phone")), None)
    if person is None or not person.path:
        return objects
    inside = person.path + "."
    return sorted(objects, key=lambda o: o is not person and not o.path.startswith(inside))


def _chosen(objects: list[_Object]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The best candidate for each field, and all other values by path."""
    body: dict[str, Any] = {}
    left: list[tuple[str, Any]] = []
    unpacked: list[tuple[str, str]] = []
    for node in objects:
        named = not body.keys().isdisjoint(_NAMES)
        form = node.of_a_form and not (node.has_candidate("email") or node.has_candidate("phone"))
        for _, field, words, place, inner in sorted(node.candidates, key=_RANK):
            taken = field in body or (named and field in _NAMES)
            if taken or (form and place.rpartition(".")[2] in ("name", "title")):
                if not isinstance(inner, _CONTAINERS):
                    left.append((place, inner))
                continue
            body[field] = words
            if isinstance(inner, dict | list):
                unpacked.append((place + ".", words))
        left += node.rest
    custom = {place: value for place, value in left if scalar_or_text(value) and not secret(place)}
    for inside, words in unpacked:  # drop repetitions of values that became fields
        for place in [p for p in custom if p.startswith(inside)]:
            if text(custom[place]) in (words, None):
                del custom[place]
    return body, custom


def _place_of(objects: list[_Object], field: str, words: str) -> str:
    """The path of the candidate that became the field."""
    candidates = (one for node in objects for one in node.candidates)
    return next((one[3] for one in candidates if one[1] == field and one[2] == words), field)


def _find_by_looks(objects: list[_Object], body: dict[str, Any], custom: dict[str, Any]) -> None:
    """Take an e-mail address under an unknown name ("3", "Ваша почта") for the lead's."""
    for node in objects:
        for place, value in node.rest if node.role is Role.PERSON else ():
            key = place.rpartition(".")[2]
            looks = isinstance(value, str) and _EMAIL.fullmatch(value.strip())
            if looks and not _NOT_THE_PERSONS.search(key):
                body["email"] = value
                custom.pop(place, None)
                return
