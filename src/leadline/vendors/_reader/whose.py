"""Whose data an object of a body is, by the words of its key: the lead's, the recipient's of an
order, or of somebody whom the key does not tell from the lead."""

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import Any

from leadline.model.labels.words import without_accents
from leadline.vendors._reader.aliases import Role, normal
from leadline.vendors._reader.names import FIELDS, same_script
from leadline.vendors._reader.nodes import UNSURE, Candidate, Node


class Whose(Enum):
    """Whom a key speaks of. UNTOLD: "data", "answers"; UNKNOWN: "dealer", "user"."""

    LEAD = "lead"
    UNTOLD = "untold"
    UNKNOWN = "unknown"
    RECIPIENT = "recipient"
    ADDRESSEE = "addressee"


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LEADS = _listed(
    "lead contact person customer client prospect visitor applicant registrant buyer subscriber "
    "member respondent attendee participant requester enquirer invitee patient booker payer "
    "purchaser shopper guest candidate student submitter insured billing primary parent guardian "
    "contacts leads customers clients attendees invitees participants registrants"
)
_BESIDE = _listed("details info information data contact person address profile")
_UNTOLD = _listed(
    "data payload submission answers fields responses response values attributes properties body "
    "entry entries record records form form_data formdata form_response result results object item "
    "items request rawrequest content message event"
)
_RECIPIENTS = _listed("shipping delivery ship shipto recipient recipients consignee")
_OF_A_CONTACT = _listed(
    "name first last full surname phone telephone tel mobile cell number no email e mail address"
)
_ADDRESSEES = frozenset(("to", "cc", "bcc"))
_HAVE_TITLES = _listed(
    "ticket tickets deal deals opportunity order task issue project conversation quote invoice "
    "product article topic course webinar listing property survey quiz post"
)
_LONGEST_NAME = 200  # characters that are compared
_MAY_BE_A_PARENT = frozenset(("user", "users", "account"))
_MAY_HAVE_TITLES = frozenset(("item", "items", "line_items", "object"))


@lru_cache(maxsize=4096)
def whose(path: str) -> Whose:
    """Whom the keys of a path speak of; what is within a recipient is the recipient's."""
    told = [_of_key(key) for key in path.split(".") if key and not key.isdigit()]
    for one in (Whose.RECIPIENT, Whose.ADDRESSEE, Whose.LEAD, Whose.UNKNOWN):
        if one in told:
            return one
    return Whose.UNTOLD


@lru_cache(maxsize=4096)
def _of_key(key: str) -> Whose:
    plain = normal(key)
    words = plain.split("_")
    if plain in _ADDRESSEES:
        return Whose.ADDRESSEE
    if words[0] in _RECIPIENTS:
        return Whose.RECIPIENT
    if words[0] in _LEADS and _BESIDE.issuperset(words[1:]):
        return Whose.LEAD
    return Whose.UNTOLD if plain in _UNTOLD else Whose.UNKNOWN


def tell_apart(nodes: Sequence[Node]) -> None:
    """Mark recipients of an order or a message as somebody else where the lead is named elsewhere,
    and put aside the headings of deals and tickets, which are no job titles."""
    for node in nodes:
        if any(one[1] == "title" for one in node.candidates) and _has_a_heading(node):
            _put_aside(node, "title")
    told = [whose(node.path) for node in nodes]
    for kind, fields in ((Whose.RECIPIENT, FIELDS), (Whose.ADDRESSEE, ("email",))):
        if kind not in told:
            continue
        set_apart = [node for node, one in zip(nodes, told, strict=True) if one is kind]
        if any(_tells_of_lead(node, fields) for node in nodes):
            for node in set_apart:
                node.others = True


def _has_a_heading(node: Node) -> bool:
    key = normal(_last_key(node))
    return key in _HAVE_TITLES or (key in _MAY_HAVE_TITLES and not node.has_candidate("email"))


def _last_key(node: Node) -> str:
    return next((key for key in reversed(node.path.split(".")) if not key.isdigit()), "")


def _put_aside(node: Node, field: str) -> None:
    node.rest += [(place, inner) for _, f, _, place, inner in node.candidates if f == field]
    node.candidates = [one for one in node.candidates if one[1] != field]


def _tells_of_lead(node: Node, fields: Sequence[str]) -> bool:
    """Whether an object that may be the lead's has one of the fields; "#1001" is no name."""
    if node.role is not Role.PERSON or node.others:
        return False
    if whose(node.path) in (Whose.RECIPIENT, Whose.ADDRESSEE):
        return False
    if "name" in fields and whose(node.path) is Whose.UNKNOWN:
        return False
    return any(one[1] in fields and not _is_numbered(one) for one in node.candidates)


def _is_numbered(one: Candidate) -> bool:
    return one[1] in FIELDS and any(map(str.isdecimal, one[2]))


def better_than(person: Node, nodes: Sequence[Node]) -> Node:
    """The object of the lead, where the first with an address does not say whose it is and another
    does: "customer" counts before "dealer", and "patient" before "clinic"."""
    if whose(person.path) is not Whose.UNKNOWN:
        return person
    apart = [
        node
        for node in nodes
        if whose(node.path) is Whose.LEAD
        and not _is_within(node, person)
        and (node.has_candidate("email") or node.has_candidate("phone"))
    ]
    of_others = None if normal(_last_key(person)) in _MAY_BE_A_PARENT else next(iter(apart), None)
    return next((node for node in apart if not node.others), of_others) or person


def _is_within(node: Node, other: Node) -> bool:
    return node.path.startswith(f"{other.path}.") or other.path.startswith(f"{node.path}.")


def names_another(fields: dict[str, Any], candidates: Sequence[Candidate]) -> bool:
    """Whether an object names somebody else than *fields* do: then its e-mail address and phone
    number are not the lead's."""
    theirs = " ".join(one[2] for one in candidates if one[1] in FIELDS)
    ours = " ".join(fields[name] for name in FIELDS if name in fields)
    if not theirs or not ours or any(map(str.isdecimal, theirs)):
        return False
    return same_script(theirs, ours) and _words(theirs).isdisjoint(_words(ours))


def of_somebody_named(node: Node) -> list[Candidate]:
    """The address and number under labels of unknown words that also label a name: beside "name",
    "driver_name" and "driver_phone" are another person's."""
    unsure = [one for one in node.candidates if one[0] >= UNSURE]
    if not unsure or not any(one[1] in FIELDS for one in node.candidates):
        return []
    keys = [normal(node.key(place)).split("_") for place, _ in node.rest]
    named = {_beside_contact(words) for words in keys if "name" in words} - {frozenset()}
    return [one for one in unsure if _beside_contact(normal(node.key(one[3])).split("_")) in named]


def _beside_contact(words: Sequence[str]) -> frozenset[str]:
    return frozenset(words) - _OF_A_CONTACT


def _words(text: str) -> set[str]:
    return {word.strip(".,;()'\"") for word in without_accents(text[:_LONGEST_NAME]).split()} - {""}
