"""Spam and test leads: only sure signs count, for a lead wrongly held back is a lost sale.

A quarantined lead is kept and shown like any other; it is only not alerted.
"""

import re

from leadline.model.lead import LeadFields
from leadline.refine import text

LINK_LIMIT = 10
"""Links in a message from which on it is spam; people who ask for an offer send a few."""

_TEST_WORDS = text.words(
    "test|testing|tester|test test|testtest|test lead|lead test|testlead|asdf|asdf asdf|"
    "asdfasdf|asdfgh|qwerty|qwe|foo bar|foo|foobar",
    "|",
)
_DOCUMENTATION = ("example.com", "example.net", "example.org")
"""Domains of RFC 2606. Demonstrations and checks of an integration use them and must be able to
go all the way, so an address there is never held against a lead."""

_FACEBOOK_TEST = "<test lead: dummy data for"
"""How Meta's lead ads testing tool fills every field (Meta for Developers, Testing Lead Ads)."""

_LINK = re.compile(r"https?://|\bwww\.", re.I)
_MARKUP_LINK = re.compile(r"\[(?:url|link)\b[^\]]{0,500}\]", re.I)
_ANCHOR = re.compile(r"<a\s[^>]{0,500}href", re.I)
_RICH_TEXT = re.compile(r"<(?:p|div|br|span|body|html|table|ul)\b", re.I)
_WORD = re.compile(r"[^\W\d_]{8,40}")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]")


def suspicions(fields: LeadFields, email: str | None) -> tuple[str, ...]:
    """Problem codes (`spam.*`, `test.*`) that put the lead aside; *email* is the refined one.

    The source's own suspicions come first: it sees what is in no field (a honeypot, a flag).
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


def _is_spam(message: str) -> bool:
    if "[" in message and _MARKUP_LINK.search(message):
        return True
    if "<" in message and _ANCHOR.search(message) and not _RICH_TEXT.search(message):
        return True  # a hand-made anchor in plain text; in rich text links are anchors
    return _has_link(message) and len(_LINK.findall(message)) >= LINK_LIMIT


def _has_link(written: str) -> bool:
    """Cheap where there is none: a link has "//" or "www." in it."""
    return ("//" in written or "ww" in written.lower()) and _LINK.search(written) is not None


def _is_gibberish(fields: LeadFields) -> bool:
    """One random word typed into first name, last name and company: "QxVbTrLm"."""
    word = (fields.first_name or "").strip()
    same = word == (fields.last_name or "").strip() == (fields.company or "").strip()
    if not same or not _WORD.fullmatch(word):
        return False
    vowels = sum(letter in "aeiouyAEIOUY" for letter in word)
    return word.isascii() and (vowels * 5 < len(word) or len(_INNER_CAPITAL.findall(word)) > 1)


def _is_test(fields: LeadFields, email: str) -> bool:
    """Name and address both say test; or the address does, on both sides, and nothing else."""
    local, _, domain = email.partition("@")
    if local not in _TEST_WORDS or domain in _DOCUMENTATION:
        return False
    name = " ".join(filter(None, (fields.name or fields.first_name, fields.last_name)))
    if name.strip():
        names = (fields.name, fields.first_name, fields.last_name)
        return all(_is_test_word(one) for one in names if one)
    return not fields.phone and domain.partition(".")[0] == local


def _is_test_word(name: str) -> bool:
    return " ".join(name.casefold().split()) in _TEST_WORDS
