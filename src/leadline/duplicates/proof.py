"""Says whether what two leads have in common can prove that they are about one person at all,
however much it weighs."""

from enum import Enum, auto

from leadline.duplicates.comparisons.sounds import spelt_plainly
from leadline.duplicates.comparisons.strings import is_another_letter, is_jumbled
from leadline.model.facts.likeness import Traits

OF_ANOTHER = frozenset({"first.other", "gender.other", "generation.other"})
"""What tells two people apart, whatever they share."""
OF_A_FIRM = frozenset({"email.domain", "email.shared"})
SAME_FIRM = frozenset({"company.same", "company.near", "company.part"})
_GIVEN = frozenset({"first.same", "first.nickname", "first.near", "first.part", "first.initial"})
_FAMILY = frozenset({"last.same", "last.near", "last.part"})
_FAMILIAR = _FAMILY | {"last.similar"}
_TURNED = frozenset({"name.swapped", "name.crossed"})
_NAMED = _GIVEN | _FAMILIAR | _TURNED
_LINES = frozenset({"phone.same", "phone.line"})
_OTHER_MAILBOX = frozenset({"email.other", "email.domain", "email.similar", "email.slip"})
_ELSEWHERE = frozenset({"company.other", "city.other"})
_NUMBERED = frozenset({"email.numbered", "phone.extension"})
_NEARLY = frozenset({"email.near", "email.tag"})
FACTS = frozenset(
    {"city.same", "city.near", "postcode.same", "postcode.fine", "title.same", "birth.same"}
)
_CITY = frozenset({"city.same", "city.near"})
_FIRMS = OF_A_FIRM | SAME_FIRM
_NEAR_A_NAME = frozenset({"email.slip", "email.similar", "birth.same"})
_NEAR_A_WHOLE_NAME = frozenset({"postcode.fine", "email.local", "email.named"})
_FULL_ADDRESS = 14.0
_EVERY_LINE = 26.0
_NEIGHBOURHOOD = 4.0


class Proof(Enum):
    """What two leads have in common: NONE that can link, a person's or a household's own FACT, or
    no more than the NAME, where one of the two has nothing else."""

    NONE = auto()
    NAME = auto()
    FACT = auto()


def proof_of(codes: set[str], place: float, one: Traits, other: Traits) -> Proof:
    """The proof among the *codes* of findings; *place* is the weight of those about the address.

    - A first name that is another one, or another form of address, rules a link out, whatever is
      shared: people of a household or a company share numbers and mailboxes. So does another last
      name, unless the mailbox is a person's own.
    - Leads with neither address nor number can be reached by letter only: those at one full
      address are linked, whoever in the household wrote.
    """
    address = place >= _FULL_ADDRESS
    whole = "name.swapped" in codes or not (codes.isdisjoint(_FAMILIAR) or codes.isdisjoint(_GIVEN))
    if not (is_reachable(one) or is_reachable(other)) and (
        place >= _NEIGHBOURHOOD if whole else _is_one_house(codes, place)
    ):
        return Proof.FACT
    if not codes.isdisjoint(OF_ANOTHER):
        return Proof.NONE
    if "email.same" in codes:
        family = _may_be_family(codes, one, other) and not _is_named_in_mailbox(one, other)
        return Proof.NONE if family else Proof.FACT
    if ("last.other" in codes and "email.near" not in codes) or _are_relatives(codes, one, other):
        return Proof.NONE
    shared = address or not codes.isdisjoint(_LINES)
    if not shared and (not codes.isdisjoint(_NUMBERED) or _generations_differ(one, other)):
        return Proof.NONE
    if not codes.isdisjoint(_NEARLY):
        return Proof.FACT
    people = is_person(one), is_person(other)
    if all(people):
        return _of_people(codes, shared, whole, one, other, address=address)
    if any(people):
        return Proof.NONE
    if not codes.isdisjoint(_OTHER_MAILBOX):
        return Proof.NONE
    return Proof.FACT if shared or not codes.isdisjoint(SAME_FIRM) else Proof.NONE


def _of_people(
    codes: set[str], shared: bool, whole: bool, one: Traits, other: Traits, *, address: bool
) -> Proof:
    if "first.similar" in codes and "last.same" in codes and not codes.isdisjoint(FACTS):
        return Proof.NAME if _is_blank(one) or _is_blank(other) else Proof.NONE
    if one.first and other.first and codes.isdisjoint(_GIVEN | _TURNED):
        return Proof.NONE
    if codes.isdisjoint(_NAMED) or codes & _NAMED == {"first.initial"}:
        return Proof.NONE
    if not address and "first.near" in codes and _is_another_name(one.first, other.first):
        return Proof.NONE
    if "last.similar" not in codes and (shared or (whole and not codes.isdisjoint(_FIRMS))):
        return Proof.FACT
    if not codes.isdisjoint(_NEAR_A_NAME | (_NEAR_A_WHOLE_NAME if whole else set())):
        return Proof.FACT
    return _of_names(codes, one, other) if whole else _of_half_a_name(codes, one, other)


def _of_half_a_name(codes: set[str], one: Traits, other: Traits) -> Proof:
    """The proof that is in a last name that agrees, where one lead has no other: together with the
    city, if the name is rare."""
    is_blank = _is_blank(one) or _is_blank(other)
    agrees = not (codes.isdisjoint({"last.same", "name.crossed"}) or codes.isdisjoint(_CITY))
    return Proof.NAME if is_blank and agrees and codes.isdisjoint(_ELSEWHERE) else Proof.NONE


def _of_names(codes: set[str], one: Traits, other: Traits) -> Proof:
    """The proof that is in a first and a last name that agree."""
    blank = _is_blank(one), _is_blank(other)
    if codes & (_FIRMS | _ELSEWHERE):  # with a last name that is only alike, or elsewhere
        return Proof.NONE
    if all(blank) and codes.isdisjoint(FACTS):
        places = bool(one.place) + bool(other.place)
        return (Proof.NONE, Proof.NAME, Proof.FACT)[places]
    return Proof.NAME if any(blank) else Proof.NONE


def _is_named_in_mailbox(one: Traits, other: Traits) -> bool:
    """Whether the mailbox that both have bears the first name of either: then it is a person's own,
    and no couple's ("maiwald@", of Martin and Martina Maiwald)."""
    locals_ = [email.rpartition("@")[0] for email in one.emails if email in other.emails]
    return any(name in local for name in (one.first, other.first) for local in locals_)


def _is_one_house(codes: set[str], place: float) -> bool:
    """Whether two leads are of one household: by a full address, or by a postcode of one street and
    a name. People without a name in common need every line of the address."""
    if "first.other" in codes and "last.other" in codes:
        return place >= _EVERY_LINE
    if "postcode.fine" in codes and not codes.isdisjoint(_NAMED):
        return True
    return place >= _FULL_ADDRESS


def _may_be_family(codes: set[str], one: Traits, other: Traits) -> bool:
    """Whether two first names are rather those of two people of one family than slips of one."""
    if "last.same" in codes and not codes.isdisjoint({"first.near", "first.similar"}):
        jumbled = "first.near" in codes or is_jumbled(one.first, other.first)
        return not jumbled or _is_another_name(one.first, other.first)
    return "first.ending" in codes


def _is_another_name(a: str, b: str) -> bool:
    return is_another_letter(a, b) and spelt_plainly(a) != spelt_plainly(b)


def _generations_differ(one: Traits, other: Traits) -> bool:
    """Whether one of two leads calls itself a son ("Jr."), and the other doesn't."""
    return one.other.get("generation") != other.other.get("generation")


def _are_relatives(codes: set[str], one: Traits, other: Traits) -> bool:
    """Whether two leads may be of two people of one family, of whom one names no first name: a man
    and a woman, or the owners of two mailboxes of one firm."""
    apart = not codes.isdisjoint({"email.domain", "gender.other"})
    return apart and not (one.first and other.first)


def is_person(traits: Traits) -> bool:
    """Whether a lead names a person, not only a company."""
    return bool(traits.first or traits.last)


def is_reachable(traits: Traits) -> bool:
    """Whether a lead has an e-mail address or a phone number."""
    return bool(traits.emails or traits.phones)


def _is_blank(traits: Traits) -> bool:
    """Whether a lead has nothing by which a person can be reached."""
    return not (is_reachable(traits) or "house" in traits.place)
