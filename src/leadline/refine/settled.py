"""Tells of most leads that refining them again would change nothing."""

from leadline.model.lead import Change, Contact
from leadline.refine.blank import NULLS
from leadline.refine.names.words import PLACEHOLDERS, is_honorific

_PLAIN = frozenset({"name.split", "name.join", "name.case", "email.lowercase", "phone.format"})
"""Rules whose results no other rule changes, if the name has only plain words."""


def is_settled(contact: Contact, changes: tuple[Change, ...]) -> bool:
    """Whether it is sure that the rules would leave the contact as it is; False if it is not
    sure."""
    if not changes:
        return True
    if not all(change.rule in _PLAIN for change in changes):
        return False
    name = f"{contact.name or ''} {contact.first_name or ''} {contact.last_name or ''}"
    if not (name.isascii() and name.replace(" ", "").isalpha()):
        return False
    words = name.lower().split()
    said_nothing = not (NULLS.isdisjoint(words) and PLACEHOLDERS.isdisjoint(words))
    return not said_nothing and not any(map(is_honorific, words))
