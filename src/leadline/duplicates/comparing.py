"""Compares two leads field by field, and weighs what that says."""

from functools import cache

import msgspec

from leadline.duplicates.comparisons.companies_alike import companies_alike, firm_alike
from leadline.duplicates.comparisons.names_alike import Finding, names_alike
from leadline.duplicates.comparisons.places_alike import facts_alike, places_alike
from leadline.duplicates.comparisons.reach_alike import emails_alike, phones_alike
from leadline.duplicates.proof import (
    FACTS,
    OF_A_FIRM,
    OF_ANOTHER,
    SAME_FIRM,
    Proof,
    is_person,
    is_reachable,
    proof_of,
)
from leadline.duplicates.weights import Weights
from leadline.model.facts.likeness import Traits

NAME_ONLY = "name.only"
"""The finding that one of two leads has nothing but a name."""
_RARE = 16.0
"""How rare a name must be, in bits (one of 65,000), to tell of one person without anything else."""
_RARER = 18.0
"""How rare it must be where neither of the two can be reached by anything."""
_RARE_ENOUGH = 12.2
"""How rare a name must be where something else agrees, such as the city."""
_OF_NAMES = frozenset({"first", "last", "name"})
LINES = frozenset({"phone.same", "phone.line"})
SHARED = LINES | {"email.same", "email.shared"}
"""What the people of a household or a company may have in common."""
_ALIKE = frozenset({"first.ending", "first.near", "first.similar"})
_CONTRADICTING = frozenset({"first.other", "last.other"})
_VAGUE = frozenset({"city", "region", "gender", "title", "country", "generation"})
_GIVEN = frozenset({"first", "name"})


class Comparison(msgspec.Struct, frozen=True):
    """What the comparison of two leads says: the findings and their sum with the prior, in bits;
    whether the leads may be linked if the sum is great enough; and whether only the name says so,
    because one lead has nothing else."""

    bits: float
    findings: tuple[Finding, ...]
    may_link: bool
    by_name_only: bool = False

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the findings."""
        return frozenset([code for code, _ in self.findings])

    @property
    def is_telling(self) -> bool:
        """Whether both leads have something in common that identifies: a name, an address, …"""
        return not all(_compares(code) in _VAGUE for code, _ in self.findings)

    @property
    def is_of_another(self) -> bool:
        """Whether the first names, or the forms of address, are those of two people: another one,
        or one that is only alike in a household or a company."""
        if self.may_link:
            return False
        codes = self.codes
        alike = not (codes.isdisjoint(_ALIKE) or codes.isdisjoint(SHARED))
        return alike or not codes.isdisjoint(OF_ANOTHER)

    @property
    def is_named(self) -> bool:
        """Whether both leads have a first name, in whatever place."""
        return not _GIVEN.isdisjoint([_compares(code) for code, _ in self.findings])

    @property
    def is_contradicted(self) -> bool:
        """Whether the names are those of two people."""
        return not self.may_link and not self.codes.isdisjoint(_CONTRADICTING)


def compared(one: Traits, other: Traits, weights: Weights) -> Comparison:
    """How alike two leads are. The order of the two makes no difference."""
    found = names_alike(one, other, weights)
    found += _reached(one, other, weights)
    place = places_alike(one, other, weights) if one.place and other.place else []
    found += place
    found += facts_alike(one, other, weights)
    codes = {code for code, _ in found}
    if "house.other" in codes and not (is_person(one) or is_person(other)):
        found.append(("site.other", weights.levels["site.other"]))
    proof = proof_of(codes, sum([bits for _, bits in place]), one, other)
    if proof is Proof.NAME and _name_bits(found) < _rare_enough(codes, one, other):
        proof = Proof.NONE  # there are many of that name; people decide
    if proof is Proof.NAME:
        found.append((NAME_ONLY, weights.levels[NAME_ONLY]))
    bits = weights.prior + sum([bits for _, bits in found])
    return Comparison(bits, tuple(found), proof is not Proof.NONE, proof is Proof.NAME)


@cache  # there are some dozens of codes
def _compares(code: str) -> str:
    """What a code is about: "email" of "email.same"."""
    return code.partition(".")[0]


def _rare_enough(codes: set[str], one: Traits, other: Traits) -> float:
    if not FACTS.isdisjoint(codes):
        return _RARE_ENOUGH
    return _RARE if is_reachable(one) or is_reachable(other) else _RARER


def _name_bits(found: list[Finding]) -> float:
    return sum(bits for code, bits in found if _compares(code) in _OF_NAMES)


def _reached(one: Traits, other: Traits, weights: Weights) -> list[Finding]:
    """What addresses, numbers and companies say. That two leads are of one firm counts once."""
    email = emails_alike(one, other, weights)
    phone = phones_alike(one, other, weights)
    company = companies_alike(one, other, weights)
    if company is None and (email is None or email[0] == "email.other"):
        company = firm_alike(one, other, weights)  # else the addresses have said so
    if email and company and email[0] in OF_A_FIRM and company[0] in SAME_FIRM:
        if email[1] > company[1]:
            company = (company[0], 0.0)
        else:
            email = (email[0], 0.0)
    return [one for one in (email, phone, company) if one]
