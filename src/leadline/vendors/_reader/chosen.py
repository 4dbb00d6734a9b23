"""Choosing the best candidate for each field of a lead from the objects of a body."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from leadline.vendors._reader import names
from leadline.vendors._reader.aliases import Role, understood
from leadline.vendors._reader.nodes import UNSURE, Candidate, Node
from leadline.vendors._reader.whose import (
    better_than,
    names_another,
    of_somebody_named,
    tell_apart,
)
from leadline.vendors._webhooks.fields import scalar_or_text, secret, text

__all__ = ["Candidate", "Chosen", "Node", "chosen", "ordered"]

_CONTAINERS = (dict, list)
_RANK = itemgetter(0)
_CONTACT = (*names.FIELDS, "email", "phone")
_REACH = ("email", "phone")
_NAMES = frozenset(names.FIELDS)


class Chosen(NamedTuple):
    """The fields of the lead, all other values by path, and problem codes."""

    fields: dict[str, Any]
    custom: dict[str, Any]
    problems: tuple[str, ...]


def ordered(nodes: list[Node]) -> list[Node]:
    """The person and the objects inside it first; then the others, outer ones first, and those of
    somebody else last."""
    if len(nodes) == 1:
        return nodes
    tell_apart(nodes)
    if True in [node.others for node in nodes]:
        nodes = sorted(nodes, key=lambda node: node.others)
    person = _person(nodes)
    if person is None or not person.path:
        return nodes
    person = better_than(person, nodes)
    inside = person.path + "."
    return sorted(nodes, key=lambda o: o is not person and not o.path.startswith(inside))


def _person(nodes: Iterable[Node]) -> Node | None:
    """The first object with an e-mail address that is not somebody else's; else the first with a
    phone number, else with an address."""
    by_phone = by_email = None
    for node in nodes:
        if node.role is Role.PERSON:
            fields = [one[1] for one in node.candidates]
            if "email" in fields:
                if not node.others:
                    return node
                by_email = by_email or node
            if "phone" in fields:
                by_phone = by_phone or node
    return by_phone or by_email


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
        if (simple := _without_choice(node, fields)) is not None:
            fields |= simple[0]
            unpacked += simple[1]
            left += node.rest
            continue
        refused, doubtful = _taken(node, fields, unpacked)
        if doubtful:
            problems += (names.DOUBTFUL,)
        left += [(place, value) for _, _, _, place, value in _flat(refused)]
        left += node.rest
    return Chosen(fields, _custom(left, unpacked), problems)


def _taken(
    node: Node, fields: dict[str, Any], unpacked: list[tuple[str, str]]
) -> tuple[list[Candidate], bool]:
    """Take the *fields* that are not taken from an object. Returns the candidates that are no
    fields of the lead, and whether the name is doubtful."""
    named = not fields.keys().isdisjoint(_NAMES)
    candidates, refused = _of_the_lead(node, fields)
    name = _settled(node, candidates) if not named else None
    if name is not None:
        fields |= name.fields
    used = name.used if name is not None else ()
    for number, (_, field, words, place, inner) in enumerate(candidates):
        if number not in used:
            if field in fields or field in _NAMES:
                refused.append((0, field, words, place, inner))
                continue
            fields[field] = words
        if isinstance(inner, _CONTAINERS):
            unpacked.append((place + ".", words))
    return refused, name is not None and name.doubtful


def _without_choice(
    node: Node, taken: Mapping[str, Any]
) -> tuple[dict[str, Any], list[tuple[str, str]]] | None:
    """The fields of an object that has one value for each, of which none is *taken*, as most have,
    and which of them are in objects of their own (the beginning of the paths there, and the text).
    None for other objects, which need a closer look."""
    fields: dict[str, Any] = {}
    unpacked: list[tuple[str, str]] = []
    for rank, field, words, place, inner in node.candidates:
        if field in fields or field in taken or type(inner) is list or rank >= UNSURE:
            return None
        fields[field] = words
        if type(inner) is dict:
            unpacked.append((place + ".", words))
    if "name" in fields and ("first_name" in fields or "last_name" in fields):
        return None
    if taken and not (_NAMES.isdisjoint(taken) or _NAMES.isdisjoint(fields)):
        return None
    if node.of_a_form and not (node.has_candidate("email") or node.has_candidate("phone")):
        return None
    return fields, unpacked


def _of_the_lead(node: Node, fields: dict[str, Any]) -> tuple[list[Candidate], list[Candidate]]:
    """The candidates of an object, the best first, and those that are the name of a form or
    somebody else's address and number."""
    candidates, refused = _of_node(node)
    theirs = of_somebody_named(node)
    if not _NAMES.isdisjoint(fields) and names_another(fields, candidates):
        theirs = [one for one in candidates if one[1] in _REACH]
    if not theirs:
        return candidates, refused
    return [one for one in candidates if one not in theirs], [*refused, *theirs]


def _put_titles_aside(nodes: Sequence[Node]) -> None:
    """Where several objects have a name, one with digits ("Order #1001") is a thing's."""
    named = [node for node in nodes if not _NAMES.isdisjoint([one[1] for one in node.candidates])]
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
