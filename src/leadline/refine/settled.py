"""Tells of most leads that refining them again would change nothing.

What another turn does depends on nothing but the values that the last one left, so those of the
fields that changed are looked at. tests/unit/refine/test_another_turn.py refines again what is
called settled.
"""

from leadline.model.lead import Change, Contact, LeadDetails
from leadline.model.texts.patterns import late
from leadline.refine.companies.company import refine_company
from leadline.refine.emails.email import is_bare, is_common
from leadline.refine.mends.blank import NULLS
from leadline.refine.misplaced.fields import may_be_wrong
from leadline.refine.names.casing import is_one_case
from leadline.refine.names.words import PLACEHOLDERS, is_honorific

_OF_NAMES = frozenset(
    {"name.split", "name.join", "name.case", "name.order", "name.honorific", "name.punctuation",
     "text.clean"}
)  # fmt: skip
_OF_EMAILS = frozenset(
    {"email.lowercase", "email.unwrap", "email.spaces", "email.first_line", "text.clean"}
)
_OF_COMPANIES = frozenset({"company.case", "company.legal_form", "text.clean"})
_WORDS = late(r"[A-Za-zÀ-ÖØ-öø-ſ]+(?:[ '-][A-Za-zÀ-ÖØ-öø-ſ]+)*")
_PROSE = late(r"[A-Za-z0-9.,;!? \n-]*")
_LETTERS = late(r"[A-Za-z. ]+")
_SITE = late(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,24}(?:/[A-Za-z0-9/_-]*)?")
_NAMES = frozenset({"name", "first_name", "last_name"})
_DETAILS = frozenset({"message", "source", "campaign", "owner", "owner_claimed"})


def unsettled(contact: Contact, details: LeadDetails, changes: tuple[Change, ...]) -> set[str]:
    """Those of the fields that changed which the rules may alter again, with "name" for all parts
    of a name; empty if it is sure that the rules would leave the whole lead as it is."""
    left: set[str] = set()
    named = mailed = cased = False
    for change in changes:
        field, rule = change.field, change.rule
        if field in _NAMES and rule in _OF_NAMES:
            named = True
        elif field == "email" and rule in _OF_EMAILS:
            mailed = True
        elif field == "company" and rule in _OF_COMPANIES:
            cased = True
        elif rule == "phone.format" and contact.phone and contact.phone[-1] != ")":
            pass  # what stands in brackets behind a number may be read as its extension
        elif not _is_plain_text(field, rule, contact, details):
            left.add("name" if field in _NAMES else field)
    if mailed and (may_be_wrong(contact) or not _is_plain_address(contact)):
        left.add("email")
    if named and not _is_plain_name(contact):
        left.add("name")
    if cased and not _is_plain_company(contact.company):
        left.add("company")
    return left


def _is_plain_address(contact: Contact) -> bool:
    email = contact.email
    if email is None:
        return False
    return is_common(email) or (contact.email_canonical is not None and is_bare(email))


def _is_plain_text(field: str, rule: str, contact: Contact, details: LeadDetails) -> bool:
    """Whether a text that was only cleaned has nothing in it that a rule is for."""
    if field == "website":
        site = contact.website
        if rule not in ("website.case", "text.clean") or site is None or may_be_wrong(contact):
            return False
        return _SITE.fullmatch(site) is not None
    if rule != "text.clean":
        return False
    if field in _DETAILS:
        written = getattr(details, field)
        return written is not None and _PROSE.fullmatch(written) is not None
    if field not in ("title", "country"):
        return False
    written = getattr(contact, field)
    return written is not None and _LETTERS.fullmatch(written) is not None


def _is_plain_name(contact: Contact) -> bool:
    parts = (contact.name, contact.first_name, contact.last_name)
    written = " ".join([part for part in parts if part])
    if not _are_words(written) or bool(contact.first_name) != bool(contact.last_name):
        return False
    if any(part and is_one_case(part) for part in (contact.first_name, contact.last_name)):
        return False  # such as a part of "van Berg ALAN", which is told from the whole
    words = written.lower().split()
    said_nothing = not (NULLS.isdisjoint(words) and PLACEHOLDERS.isdisjoint(words))
    return not said_nothing and not any(map(is_honorific, words))


def _are_words(written: str) -> bool:
    """Whether it is Latin letters with one blank, hyphen or apostrophe between them."""
    if written.isalpha() and written.isascii():
        return True
    return _WORDS.fullmatch(written) is not None


def _is_plain_company(company: str | None) -> bool:
    if company is None or not _are_words(company):
        return False
    return not refine_company(company)[1]
