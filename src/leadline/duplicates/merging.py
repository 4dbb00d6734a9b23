"""Fills the blanks of a lead from other leads of the same person, and takes the fills out again.

Only original values are merged: what a merge filled in is never an input. So every order and
grouping of merges gives the same result, and undoing one gives back what was there.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from leadline.model.lead import Contact, RefinedLead
from leadline.model.likeness import ValueOrigin

GROUPS: tuple[tuple[str, ...], ...] = (
    ("name", "first_name", "last_name"),
    ("email", "email_canonical"),
    ("phone", "phone_e164", "phone_extension"),
    ("company",),
    ("title",),
    ("country",),
    ("website",),
)
"""The fields of a contact that are filled together, from one lead: the parts of a value."""


def filled_from(lead: RefinedLead, members: Sequence[tuple[RefinedLead, int]]) -> RefinedLead:
    """The lead with its blanks filled from the *members* of its cluster, each with the rank of its
    source. Per field, the value with the greatest rank counts; of equal ones the one captured
    last, then the greater lead id. A field that has a value is never touched. `filled` names the
    fields that were filled and whose values they are."""
    own = without_fills(lead)
    givers = [(rank, one.captured_at, one.lead_id, without_fills(one)) for one, rank in members]
    givers = [giver for giver in givers if giver[2] != own.lead_id]
    kept: dict[str, Any] = {}
    filled: dict[str, ValueOrigin] = {}
    for group in GROUPS:
        if any(getattr(own.contact, name) is not None for name in group):
            continue
        able = [giver for giver in givers if _has(giver[3].contact, group)]
        if able:
            giver = max(able, key=lambda one: one[:3])[3]
            for name, value in _values(giver.contact, group):
                kept[name] = value
                filled[name] = ValueOrigin(giver.lead_id, giver.captured_at)
    if not filled:
        return own
    return replace(own, contact=replace(own.contact, **kept), filled=filled)


def without_fills(lead: RefinedLead) -> RefinedLead:
    """The lead as it was before anything was filled in; the same object if nothing was."""
    if not lead.filled:
        return lead
    return replace(lead, contact=replace(lead.contact, **dict.fromkeys(lead.filled)), filled={})


def without_values_of(lead: RefinedLead, giver: str) -> RefinedLead:
    """The lead without the values of the lead with the id *giver* that fill its blanks."""
    gone = [name for name, origin in lead.filled.items() if origin.lead_id == giver]
    left = {name: origin for name, origin in lead.filled.items() if name not in gone}
    contact = replace(lead.contact, **dict.fromkeys(gone))
    return replace(lead, contact=contact, filled=left) if gone else lead


def _has(contact: Contact, group: tuple[str, ...]) -> bool:
    return any(getattr(contact, name) for name in group)


def _values(contact: Contact, group: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in group:
        if value := getattr(contact, name):
            yield name, value
