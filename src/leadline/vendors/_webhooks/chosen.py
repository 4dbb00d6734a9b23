"""Choosing the best candidate for each field of a lead from the objects of a body."""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from leadline.vendors._webhooks import names
from leadline.vendors._webhooks.aliases import Role, understood
from leadline.vendors._webhooks.fields import scalar_or_text, secret, text

_CONTAINERS = (dict, list)
_RANK = itemgetter(0)
_CONTACT = (*names.FIELDS, "email", "phone")
_NAMES = frozenset(names.FIELDS)

Candidate = tuple[int, str, str, str, Any]
"""A value that may be a field of the lead: rank, field, text, path, value."""


class Node:
    """One object of the body: its candidates for fields of the lead, and its other members
    (`rest`: path, value). `others` says that it describes somebody who is not the lead."""

    def __init__(self, path: str, role: Role, depth: int, among: list[Any] | None = None) -> None:
        self.path = path
        self.role = role
        self.depth = depth
        self.among = among  # the nearest list that contains it
        self.of_a_form = False
        self.others = False
        self.candidates: list[Candidate] = []
        self.rest: list[tuple[str, Any]] = []

    def has_candidate(self, field: str) -> bool:
        """Whether it has a value for a field of the person."""
        return self.role is Role.PERSON and field in [one[1] for one in self.candidates]

    def key(self, place: str) -> str:
        """The key of a member by its path."""
        return place[len(self.path) + 1 :] if self.path else place


class Chosen(NamedTuple):
    """The fields of the lead, all other values by path, and problem codes."""

    fields: dict[str, Any]
    custom: dict[str, Any]
    problems: tuple[str, ...]


def ordered(nodes: list[Node]) -> list[Node]:
    """The person and the objects inside it first; then the others, outer ones first, and those of
    somebody else last."""
    if any(node.others for node in nodes):
        nodes = sorted(nodes, key=lambda node: node.others)
    person = next((o for o in nodes if o.has_candidate("email") and not o.others), None)
    person = person or next((o for o in nodes if o.has_candidate("phone")), None)
    person = person or next((o for o in nodes if o.has_candidate("email")), None)
    if person is None or not person.path:
        return nodes
    inside = person.path + "."
    return sorted(nodes, key=lambda o: o is not person and not o.path.startswith(inside))


def chosen(nodes: Sequence[Node]) -> Chosen:
    """The best candidate for each field; *nodes* are in order of preference."""
    fields: dict[str, Any] = {}
    left: list[tuple[str, Any]] = []
    unpacked: list[tuple[str, str]] = []
    problems: tuple[str, ...] = ()
    if len(nodes) > 1:
        _put_titles_aside(nodes)
    for node in nodes:
        if node.others and not fields.keys().isdisjoint(_CONTACT):
            left += [(place, value) for _, _, _, place, value in _flat(node.candidates)]
            left += node.rest
            continue
        named = not fields.keys().isdisjoint(_NAMES)
        candidates, refused = _of_node(node)
        name = _settled(node, candidates) if not named else None
        if name is not None:
            fields |= name.fields
            problems += (names.DOUBTFUL,) if name.doubtful else ()
        used = name.used if name is not None else ()
        for number, (_, field, words, place, inner) in enumerate(candidates):
            if number not in used:
                if field in fields or field in _NAMES:
                    refused.append((0, field, words, place, inner))
                    continue
                fields[field] = words
            if isinstance(inner, _CONTAINERS):
                unpacked.append((place + ".", words))
        if refused:
            left += [(place, value) for _, _, _, place, value in _flat(refused)]
        left += node.rest
    return Chosen(fields, _custom(left, unpacked), problems)


def _put_titles_aside(nodes: Sequence[Node]) -> None:
    """Where several objects have a name, one with digits ("Order #1001") is a thing's."""
    named = [node for node in nodes if any(one[1] in _NAMES for one in node.candidates)]
    if len(named) < 2:
        return
    for node in named:
        titles = [one for one in node.candidates if _is_title(one)]
        if titles:
            node.candidates = [one for one in node.candidates if not _is_title(one)]
            node.rest += [(place, inner) for _, _, _, place, inner in titles]


def _is_title(candidate: Candidate) -> bool:
    _, field, words, _, inner = candidate
    flat = not isinstance(inner, _CONTAINERS)
    return field == "name" and flat and any(map(str.isdecimal, words))


def _of_node(node: Node) -> tuple[list[Candidate], list[Candidate]]:
    """The candidates of an object, the best first, and those that are the name of a form."""
    candidates = sorted(node.candidates, key=_RANK)
    if not node.of_a_form or node.has_candidate("email") or node.has_candidate("phone"):
        return candidates, []
    kept: list[Candidate] = []
    refused: list[Candidate] = []
    for one in candidates:
        (refused if node.key(one[3]) in ("name", "title") else kept).append(one)
    return kept, refused


def _settled(node: Node, candidates: Sequence[Candidate]) -> names.NameFound | None:
    """The name that the candidates of one object give together; None without any."""
    told = [(number, one) for number, one in enumerate(candidates) if one[1] in _NAMES]
    if not told:
        return None
    fields = {one[1]: one[2] for _, one in told}
    lists = any(isinstance(one[4], list) for _, one in told)
    if len(fields) == len(told) and ("name" not in fields or len(told) == 1) and not lists:
        return names.NameFound(fields, frozenset([number for number, _ in told]))
    given = [
        names.Given(field, words, understood(node.key(place)).whole, number)
        for number, (_, field, written, place, inner) in told
        for words in _several(field, written, inner)
    ]
    return names.whole_name(given)


def _several(field: str, words: str, inner: Any) -> Sequence[str]:
    """The values of a form's two fields of the same name, or the one value."""
    if field == "name" and isinstance(inner, list) and len(inner) == 2:
        texts = [one for one in map(text, inner) if one is not None]
        if len(texts) == 2:
            return texts
    return (words,)


def _flat(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates that are no containers, whose members are visited by themselves."""
    return [one for one in candidates if not isinstance(one[4], _CONTAINERS)]


def _custom(left: Iterable[tuple[str, Any]], unpacked: Iterable[tuple[str, str]]) -> dict[str, Any]:
    custom = {place: value for place, value in left if scalar_or_text(value) and not secret(place)}
    for inside, words in unpacked:  # drop repetitions of values that became fields
        for place in [p for p in custom if p.startswith(inside)]:
            if text(custom[place]) in (words, None):
                del custom[place]
    return custom
