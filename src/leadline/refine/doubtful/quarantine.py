"""Detects spam, tests, and leads that are about nobody. Only sure signs count, because a real lead
in quarantine is a lost sale.

A quarantined lead is stored and listed like any other, but no alert is sent.
"""

import re
from collections.abc import Container

from leadline.model.lead import Contact, LeadDetails, LeadFields
from leadline.model.texts.names import ANOTHER_PERSON
from leadline.model.texts.patterns import late
from leadline.refine.doubtful.made_up import is_test_name
from leadline.refine.emails.kinds import is_test_mailbox
from leadline.refine.misplaced.leftovers import PHONE

NOBODY = "contact.blank"
"""The problem of a lead that names nobody and cannot be answered."""

LINK_LIMIT = 10
"""A message with this many links is spam; people who ask for an offer send a few."""

_DOCUMENTATION = ("example.com", "example.net", "example.org")
"""Domains of RFC 2606. Demonstrations and integration tests use them and must get as far as the
alert, so addresses there are never a reason for quarantine."""

_FACEBOOK_TEST = "<test lead: dummy data for"
"""The beginning of every field from Meta's lead ads testing tool (Meta for Developers, "Testing
Lead Ads")."""

_LINK = late(r"https?://|\bwww\.", re.I)
_MARKUP_LINK = late(r"\[(?:url|link)\b[^\]]{0,500}\]", re.I)
_ANCHOR = late(r"<a\s[^>]{0,500}href", re.I)
_RICH_TEXT = late(r"<(?:p|div|br|span|body|html|table|ul)\b", re.I)
_WORD = late(r"[^\W\d_]{8,40}")
_ADDRESS = late(r"[^\s@]@[^\s@]|(?:[0-9][ ()./-]{0,3}){7}")
_INNER_CAPITAL = late(r"[a-z][A-Z]")


def suspicions(fields: LeadFields, email: str | None) -> tuple[str, ...]:
    """The problem codes (`spam.*`, `test.*`, `record.*`) for which a lead is quarantined; *email*
    is the refined address.

    The source's own suspicions come first; it sees signs that are in no field (a honeypot, a test
    flag).
    """
    found = list(fields.suspicions)
    if fields.message and _is_spam(fields.message):
        found.append("spam.links")
    name = fields.name or fields.first_name
    if name and fields.message and _has_link(name) and _has_link(fields.message):
        found.append("spam.name")
    if name and name.startswith(_FACEBOOK_TEST):
        found.append("test.dummy")
    if fields.first_name and _is_gibberish(fields):
        found.append("spam.gibberish")
    if email and _is_test(fields, email):
        found.append("test.contact")
    return tuple(found)


def is_nobody(contact: Contact, details: LeadDetails, problems: Container[str]) -> bool:
    """Whether nothing says who a lead is or how to answer it: no name, address, number, company,
    website or record, and none in the message or, by its problems, in the other fields."""
    if contact.email or contact.name or contact.phone or contact.company or contact.website:
        return False
    if details.crm_record or details.crm_url or ANOTHER_PERSON in problems or PHONE in problems:
        return False
    return not details.message or _ADDRESS.search(details.message) is None


def _is_spam(message: str) -> bool:
    if "[" in message and _MARKUP_LINK.search(message):
        return True
    if "<" in message and _ANCHOR.search(message) and not _RICH_TEXT.search(message):
        return True  # an anchor typed into plain text; in rich text, all links are anchors
    return _has_link(message) and len(_LINK.findall(message)) >= LINK_LIMIT


def _has_link(written: str) -> bool:
    """Whether the text has a link. The first test is cheap: a link contains "//" or "www."."""
    return ("//" in written or "ww" in written.lower()) and _LINK.search(written) is not None


def _is_gibberish(fields: LeadFields) -> bool:
    """Whether first name, last name and company are the same random word, such as "QxVbTrLm"."""
    word = (fields.first_name or "").strip()
    same = word == (fields.last_name or "").strip() == (fields.company or "").strip()
    if not same or not _WORD.fullmatch(word):
        return False
    vowels = sum(letter in "aeiouyAEIOUY" for letter in word)
    return word.isascii() and (vowels * 5 < len(word) or len(_INNER_CAPITAL.findall(word)) > 1)


def _is_test(fields: LeadFields, email: str) -> bool:
    """Whether name and address say that it is a test, or there is no name and phone, and both parts
    of the address say so."""
    local, _, domain = email.partition("@")
    if not is_test_mailbox(local) or domain in _DOCUMENTATION:
        return False
    names = [one for one in (fields.name, fields.first_name, fields.last_name) if one]
    if names:
        parts = " ".join(filter(None, (fields.first_name, fields.last_name)))
        return all(map(is_test_name, filter(None, (fields.name, parts))))
    return not fields.phone and domain.partition(".")[0] == local
