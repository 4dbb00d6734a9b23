"""Reading a lead from JSON of any shape, by common field names at any depth.

The object that contains an e-mail address is taken for the person. Its fields are preferred to
those of other objects, so that a form's name or an owner's address is not taken for the lead's.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from leadline.model.lead import PLACEABLE, LeadFields
from leadline.model.texts.json_places import placed
from leadline.model.texts.names import ANOTHER_PERSON
from leadline.vendors._answers.answers import are_answers, is_answer
from leadline.vendors._answers.members import is_plain, members, of_object
from leadline.vendors._answers.questions import labels_in
from leadline.vendors._reader.aliases import Role
from leadline.vendors._reader.chosen import Candidate, Node, chosen, ordered
from leadline.vendors._reader.dial_codes import beside_phone, is_dial_code, may_be_dialled
from leadline.vendors._reader.key_facts import (
    LONGEST_YES_OR_NO,
    KeyFacts,
    facts_of_key,
    facts_of_object,
)
from leadline.vendors._reader.looks import is_email, may_be_phone, take_by_looks
from leadline.vendors._reader.nodes import UNSURE
from leadline.vendors._reader.senders_own import senders_own
from leadline.vendors._webhooks.fields import (
    LONGEST_PATH,
    mapped_attribution,
    number,
    path_of,
    text_of_field,
)

_MOST_NODES = 2_000
_MOST_OTHERS = 20
_DEEPEST = 12
_NOT_A_JOB = frozenset({"lead", "user", "contact", "visitor", "customer", "member", "admin"})
_NAMES = ("name", "first_name", "last_name")
_ANY_WORDS = frozenset({*_NAMES, "company", "message", "campaign", "website"})
"""The fields that any text may fill."""

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
_YES_OR_NO = frozenset(
    ["yes", "no", "on", "off", "true", "false", "ja", "nein", "oui", "non", "si", "sim", "nao"]
)


def guessed(value: Any, mapping: Mapping[str, str] = {}) -> LeadFields:
    """The fields of a lead from any JSON value. *mapping* are paths by field name from the
    settings; they win.

    Values that are not recognised go to `custom` under their dotted paths. Of several people in a
    list the first is the lead, which has the problem `ANOTHER_PERSON` then.
    """
    objects = ordered(_gathered(value))
    body, custom, problems = chosen(objects)
    for name, path in mapping.items():
        there = text_of_field(name, placed(value, path)) if name in PLACEABLE else None
        if there is not None:
            body[name] = there
    if "email" not in body or "phone" not in body:
        problems += take_by_looks(objects, body, custom)
    if "phone" in body and may_be_dialled(body["phone"], custom, body.get("country")):
        mapped = mapping.get("phone", "").strip("/").replace("/", ".")
        place = mapped or _place_of(objects, "phone", body["phone"])
        body["phone"] = beside_phone(body["phone"], place, custom, body.get("country"))
    score = number(body.pop("score", None))
    if _stands_among_others(objects[0]) and ANOTHER_PERSON not in problems:
        problems += (ANOTHER_PERSON,)
    if mapping and any(name.startswith("consent.") for name in mapping):
        from leadline.vendors._webhooks.consents import mapped_consent  # few settings map it

        body["consent"] = mapped_consent(value, mapping)
    if mapping and (attribution := mapped_attribution(value, mapping)):
        body["attribution"] = attribution
    return LeadFields(**body, score=score, custom=custom, suspicions=problems)


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


def _stands_among_others(node: Node) -> bool:
    """Whether the person is in a list that identifies other people, too."""
    if node.among is None or not (node.has_candidate("email") or node.has_candidate("phone")):
        return False
    others = [one for one in node.among[1:_MOST_OTHERS] if not is_answer(one)]
    return any({"name", "email"} & claimed(one) for one in others)


def _gathered(value: Any) -> list[Node]:
    """The objects of the body, outer ones first; at most `_MOST_NODES` members are visited."""
    objects: list[Node] = []
    waiting: list[tuple[Node, Any]] = [(Node("", Role.PERSON, 0), value)]
    visited = 0
    labels = labels_in(value)
    for node, content in waiting:
        objects.append(node)
        within = f"{node.path}." if node.path else ""
        own = senders_own(content) if isinstance(content, dict) else ()
        for key, inner, facts in _with_facts(content, labels):
            visited += 1
            if visited > _MOST_NODES:
                return objects
            place = within + key
            if len(place) > LONGEST_PATH:
                place = path_of(node.path, key)
            if isinstance(inner, _CONTAINERS):
                role = Role.NOBODY if key in own else _opened(node, key, facts, place, inner)
                if role is not None and node.depth < _DEEPEST:
                    among = content if type(content) is list and len(content) > 1 else node.among
                    waiting.append((_child(node, facts, place, role, among), inner))
            elif facts.silent or key in own:
                node.rest.append((place, inner))
            elif facts.least and _is_sure(node, facts.least, inner):
                node.candidates.append((facts.rank, facts.field, inner, place, inner))
            else:
                _note(node, key, facts, place, inner)
    return objects


def _is_sure(node: Node, least: int, inner: Any) -> bool:
    """Whether a member is certainly a candidate (`KeyFacts.least`), as most of a person's are."""
    return (
        type(inner) is str
        and len(inner) >= least
        and inner[0].isalpha()
        and node.role is Role.PERSON
    )


def _with_facts(content: Any, labels: Mapping[str, str]) -> Iterable[tuple[str, Any, KeyFacts]]:
    """The members of a value (`members`), each with what its key says."""
    if type(content) is dict:
        facts = facts_of_object(content)
        if is_plain(content, facts, labels):
            return zip(content, content.values(), facts.keys, strict=True)
        found = of_object(content, labels)
    else:
        found = members(content, labels)
    return ((key, inner, facts_of_key(key)) for key, inner in found)


def _child(node: Node, facts: KeyFacts, place: str, role: Role, among: list[Any] | None) -> Node:
    child = Node(place, role, node.depth + 1, among)
    child.others = node.others or (facts.role is None and facts.reading.others)
    return child


def _opened(node: Node, key: str, facts: KeyFacts, place: str, inner: Any) -> Role | None:
    """Record an object or a list in `candidates` or `rest`. Returns the role of an object that is
    to be visited, else None."""
    # A list of answers under "details" is no message.
    if facts.asks and not (type(inner) is list and are_answers(inner)):
        candidate = _candidate(node, facts, place, inner)
        if candidate is not None:
            node.candidates.append(candidate)
            return facts.role or Role.NOBODY
    if isinstance(inner, dict) or any(isinstance(v, _CONTAINERS) for v in inner):
        return _child_role(node.role, key, facts)
    node.rest.append((place, inner))
    return None


def _note(node: Node, key: str, facts: KeyFacts, place: str, inner: Any) -> None:
    """Record a member that is no container in `candidates` or `rest`."""
    if facts.dials and is_dial_code(key, inner):
        node.rest.append((place, inner))
        return
    candidate = _candidate(node, facts, place, inner) if facts.asks else None
    if candidate is not None:
        node.candidates.append(candidate)
        return
    if facts.of_a_form:
        node.of_a_form = True
    elif inner is False and facts.reading.field:
        return  # Odoo writes empty fields as false
    node.rest.append((place, inner))


def _candidate(node: Node, facts: KeyFacts, place: str, inner: Any) -> Candidate | None:
    """The member as a candidate for the field that its label asks for."""
    field = facts.asks and _given(node, facts.asks)
    words = text_of_field(field, inner) if field else None
    if not field or words is None or not _believable(field, words):
        return None
    if facts.reading.field:
        return facts.rank, field, words, place, inner
    sure = is_email(words) if field == "email" else may_be_phone(words)
    return (UNSURE, field, words, place, inner) if sure else None


def _given(node: Node, field: str) -> str | None:
    if node.role is Role.PERSON:
        return field if field != "record" or node.depth < 2 else None
    if node.role is Role.THING:
        return None if field in _THINGS_OWN else field
    return _GIVES[node.role].get(field)


def _believable(field: str, words: str) -> bool:
    if field == "email" or field == "phone":
        return len(words) > LONGEST_YES_OR_NO or words.lower() not in _YES_OR_NO
    if field in _ANY_WORDS:
        return True
    if field == "score":
        return number(words) is not None
    if field == "title":
        return words.lower() not in _NOT_A_JOB
    return not (field in ("country", "source") and words.isdigit())


def _child_role(parent: Role, key: str, facts: KeyFacts) -> Role:
    if parent in _CLOSED:
        return parent
    if key.isdigit():  # of several people in a list, only the first is the lead
        return parent if key == "0" else Role.NOBODY
    return facts.role or (Role.PERSON if parent is Role.THING else parent)


def _place_of(objects: list[Node], field: str, words: str) -> str:
    """The path of the candidate that became the field."""
    candidates = (one for node in objects for one in node.candidates)
    return next((one[3] for one in candidates if one[1] == field and one[2] == words), field)
