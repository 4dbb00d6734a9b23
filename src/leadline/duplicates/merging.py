"""Fills the blanks of a lead from other leads of the same person, and takes the fills out again.

Only original values are merged: what a merge filled in is never an input. So every order and
grouping of merges gives the same result, and undoing one gives back what was there. What was looked
up about a lead is no original value, either: nobody has said it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from leadline.model.facts.correcting import CORRECTED_RULE
from leadline.model.facts.enrichment import RULE
from leadline.model.facts.likeness import EDITED_RULE, Trust, ValueOrigin
from leadline.model.lead import Contact, RefinedLead

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
_BY_PEOPLE = (EDITED_RULE, CORRECTED_RULE)
"""The rules of changes that people made: in the CRM, and here."""


def filled_from(lead: RefinedLead, members: Sequence[tuple[RefinedLead, Trust]]) -> RefinedLead:
    """The lead with its blanks filled from the *members* of its cluster, each with the trust in its
    source. Per field, the value that is trusted most counts; of equal ones the one captured last,
    then the greater lead id. A field that has a value is never touched. `filled` names the fields
    that were filled and whose values they are."""
    own = as_said(lead)
    givers = [(as_said(one), trust) for one, trust in members if one.lead_id != own.lead_id]
    kept: dict[str, Any] = {}
    filled: dict[str, ValueOrigin] = {}
    for group in GROUPS:
        if any(getattr(own.contact, name) is not None for name in group):
            continue
        able = [
            (_trust_in(group, one, trust), one.captured_at, one.lead_id, one)
            for one, trust in givers
            if _has(one.contact, group)
        ]
        if able:
            trust, at, lead_id, giver = max(able, key=lambda one: (one[0].rank, *one[1:3]))
            for name, value in _values(giver.contact, group):
                kept[name] = value
                filled[name] = ValueOrigin(lead_id, at, giver.received_from, trust)
    if not filled:
        return own
    return replace(own, contact=replace(own.contact, **kept), filled=filled)


def without_fills(lead: RefinedLead) -> RefinedLead:
    """The lead as it was before anything was filled in; the same object if nothing was."""
    if not lead.filled:
        return lead
    return replace(lead, contact=replace(lead.contact, **dict.fromkeys(lead.filled)), filled={})


def as_said(lead: RefinedLead) -> RefinedLead:
    """The lead with what was said of it alone: without fills, and without what was looked up where
    that filled a blank; the same object if nothing was."""
    own, found = without_fills(lead), looked_up(lead)
    if not found:
        return own
    changes = tuple(one for one in own.changes if not one.rule.startswith(RULE))
    return replace(own, contact=replace(own.contact, **dict.fromkeys(found)), changes=changes)


def looked_up(lead: RefinedLead) -> frozenset[str]:
    """The fields of the contact that have a value that was looked up."""
    if lead.enrichment is None:
        return frozenset()
    return frozenset(one.field for one in lead.changes if one.rule.startswith(RULE))


def without_values_of(lead: RefinedLead, giver: str) -> RefinedLead:
    """The lead without the values of the lead with the id *giver* that fill its blanks."""
    gone = [name for name, origin in lead.filled.items() if origin.lead_id == giver]
    left = {name: origin for name, origin in lead.filled.items() if name not in gone}
    contact = replace(lead.contact, **dict.fromkeys(gone))
    return replace(lead, contact=contact, filled=left) if gone else lead


def _trust_in(group: tuple[str, ...], lead: RefinedLead, trust: Trust) -> Trust:
    """The trust in a value of a lead: that in its source, unless a person edited the value."""
    is_edited = any(one.rule in _BY_PEOPLE and one.field in group for one in lead.changes)
    return Trust.EDITED if is_edited else trust


def _has(contact: Contact, group: tuple[str, ...]) -> bool:
    return any(getattr(contact, name) for name in group)


def _values(contact: Contact, group: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in group:
        if value := getattr(contact, name):
            yield name, value
