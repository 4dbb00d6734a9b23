"""Compares the addresses and numbers of two leads."""

from functools import lru_cache
from typing import NamedTuple

from leadline.duplicates.comparisons.mailboxes import (
    firm_of,
    is_of_a_business,
    is_shared_mailbox,
    is_usual_end,
    untagged,
)
from leadline.duplicates.comparisons.names_alike import Finding
from leadline.duplicates.comparisons.strings import (
    edits,
    is_typo,
    ratio,
    same_order,
    without_umlauts,
)
from leadline.duplicates.weights import Weights
from leadline.model.facts.likeness import Traits

_ORDER = (
    "email.same",
    "email.shared",
    "email.near",
    "email.tag",
    "email.slip",
    "email.local",
    "email.named",
    "email.domain",
    "email.similar",
    "email.numbered",
    "email.other",
)
_REMEMBERED = 4096
_LEAST_LOCAL = 5
_LEAST_ALIKE = 0.66
"""The share of letters that both parts of two addresses have in common at least, if one may be the
other with slips."""
_LEAST_DOMAIN = 9
"""The fewest characters of a domain of which another one is rather a typo than another firm's."""


def emails_alike(one: Traits, other: Traits, weights: Weights) -> Finding | None:
    """What the closest two addresses of two leads say; None if one has none."""
    if not one.emails or not other.emails:
        return None
    if len(one.emails) == 1 == len(other.emails):
        code = _of_people(one.emails[0], one, other.emails[0], other)
    else:
        codes = {_of_people(a, one, b, other) for a in one.emails for b in other.emails}
        code = min(codes, key=_ORDER.index)
    return code, weights.levels[code]


def _of_people(a: str, one: Traits, b: str, other: Traits) -> str:
    """The outcome for an address of each lead. What follows from the names adds nothing to them:
    that both have their names for a local part, or that names differ as the addresses do."""
    code = _emails(a, b)
    if code in ("email.local", "email.near"):
        return _named_alike(code, a, one, b, other)
    if code == "email.slip" and _bear_their_names(a, one, b, other):
        return "email.domain" if _is_one_firm(a, b) else "email.other"
    if code == "email.other" and _is_twice_misspelt(a, one, b, other):
        return "email.similar"
    return code


def _is_twice_misspelt(a: str, one: Traits, b: str, other: Traits) -> bool:
    """Whether two addresses may be one with slips in both parts. That both have their names for a
    local part, in whatever form, says nothing (th.mueller@, thomas.mueller@)."""
    (local_a, _, domain_a), (local_b, _, domain_b) = a.rpartition("@"), b.rpartition("@")
    if domain_a == domain_b or same_order(domain_a, domain_b) < _LEAST_ALIKE:
        return False
    if is_shared_mailbox(a) or is_shared_mailbox(b):
        return False
    if _is_name(local_a, one) or _is_name(local_b, other):
        return False
    return same_order(local_a, local_b) >= _LEAST_ALIKE


def _named_alike(code: str, a: str, one: Traits, b: str, other: Traits) -> str:
    """The outcome for two addresses with one local part. "peter@" is at most firms the mailbox of
    some Peter, and "peter.hall@" the one of every Peter Hall."""
    local, _, domain_a = a.rpartition("@")
    domain_b = b.rpartition("@")[2]
    is_name = _is_name(local, one) or _is_name(local, other)
    if code == "email.near":
        is_short = min(len(domain_a), len(domain_b)) < _LEAST_DOMAIN and is_name
        return "email.named" if is_short or local == one.first == other.first else code
    if _is_one_firm(a, b):
        return "email.domain"
    if not is_name:
        return code
    both = is_of_a_business(domain_a) and is_of_a_business(domain_b)
    return "email.other" if both and ratio(domain_a, domain_b) < 0.9 else "email.named"


def _is_name(local: str, lead: Traits) -> bool:
    """Whether a local part is made of the names of the lead: "jo.martin", "jmartin", "martin"."""
    letters, umlauts = _lettered(local), without_umlauts(_lettered(local))
    last, first = lead.last.replace(" ", ""), lead.first.replace(" ", "")
    made = {last, first, first + last, last + first, first[:1] + last, last + first[:1]}
    return letters in made or umlauts in made


def _bear_their_names(a: str, one: Traits, b: str, other: Traits) -> bool:
    """Whether the mailboxes differ where the names do: a.schmidt@ and a.schmitt@."""
    return any(
        mine != theirs and mine and theirs and mine in a and theirs in b
        for mine, theirs in ((one.last, other.last), (one.first, other.first))
    )


class _Address(NamedTuple):
    """What of an address its comparisons use."""

    local: str
    domain: str
    untagged: str
    letters: str
    figures: str
    is_shared: bool
    firm: str


@lru_cache(_REMEMBERED)  # a candidate's address is asked about in each comparison
def _address(email: str) -> _Address:
    local, _, domain = email.rpartition("@")
    return _Address(
        local,
        domain,
        untagged(local),
        _lettered(local),
        "".join(filter(str.isdigit, local)),
        is_shared_mailbox(email),
        firm_of(email),
    )


def _emails(a: str, b: str) -> str:
    if a == b:
        return "email.shared" if is_shared_mailbox(a) else "email.same"
    one, other = _address(a), _address(b)
    is_one_firm = one.firm == other.firm != ""
    if one.is_shared or other.is_shared:
        return "email.domain" if is_one_firm else "email.other"
    if code := _nearly(one, other):
        return code
    if is_one_firm:
        return "email.domain"
    return "email.similar" if ratio(a, b) >= 0.87 and same_order(a, b) >= 0.78 else "email.other"


def _nearly(one: _Address, other: _Address) -> str:
    """The outcome for two addresses that are almost one; "" if they are not."""
    domain_a, domain_b = one.domain, other.domain
    if domain_a == domain_b and one.untagged == other.untagged:
        return "email.tag"  # most providers deliver to one mailbox, but not all
    if one.local == other.local and len(one.local) >= _LEAST_LOCAL:
        return "email.near" if _is_misspelt(domain_a, domain_b) else "email.local"
    if one.figures != other.figures:
        # Numbers are given to tell people of one name apart ("wei.zhang1", "wei.zhang2").
        return "email.numbered" if one.letters == other.letters else ""
    if _is_slip(one.local, other.local):
        if domain_a == domain_b:
            return "email.slip"
        if _is_misspelt(domain_a, domain_b):
            return "email.near"  # chance does not make two slips
    return ""


def _is_one_firm(a: str, b: str) -> bool:
    return firm_of(a) == firm_of(b) != ""


def _is_slip(a: str, b: str) -> bool:
    """Whether one local part is a typo of the other, of two with the same figures. Another first
    letter is another mailbox."""
    return a[:1] == b[:1] and (is_typo(a, b) or a.replace(".", "") == b.replace(".", ""))


@lru_cache(_REMEMBERED)  # a candidate's address is asked about in each comparison
def _lettered(local: str) -> str:
    return "".join(filter(str.isalpha, local))


def _is_misspelt(a: str, b: str) -> bool:
    """Whether one domain is a typo of the other. Two that give out mailboxes are no typos."""
    if abs(len(a) - len(b)) > 2 or not (is_of_a_business(a) or is_of_a_business(b)):
        return False
    (name_a, _, end_a), (name_b, _, end_b) = a.rpartition("."), b.rpartition(".")
    if is_usual_end(end_a) is not is_usual_end(end_b) and edits(end_a, end_b) <= 2:
        a, b = name_a, name_b  # ".cmo" can be no other domain than the one with ".com"
    return edits(a, b) <= (2 if min(len(a), len(b)) > 8 else 1)


def phones_alike(one: Traits, other: Traits, weights: Weights) -> Finding | None:
    """What the numbers of two leads say; None if one has none."""
    if not one.phones or not other.phones:
        return None
    if len(one.phones) == 1 == len(other.phones):
        code = _phones(one.phones[0], other.phones[0])
    else:
        codes = {_phones(a, b) for a in one.phones for b in other.phones}
        code = max(codes, key=lambda one: (weights.levels[one], one))
    return code, weights.levels[code]


def _phones(a: str, b: str) -> str:
    if a == b:
        return "phone.same"
    number_a, _, extension_a = a.partition(";")
    number_b, _, extension_b = b.partition(";")
    if number_a == number_b:
        return "phone.extension" if extension_a and extension_b else "phone.line"
    short, long = number_a.lstrip("+"), number_b.lstrip("+")
    if len(short) > len(long):
        short, long = long, short
    if not number_a.startswith("+") or not number_b.startswith("+"):
        national = short.lstrip("0")
        if len(national) >= 7 and long.endswith(national):
            return "phone.same" if len(national) >= 9 else "phone.line"
    if len(short) == len(long) and edits(short, long) <= 1:
        return "phone.near"
    return "phone.other"
