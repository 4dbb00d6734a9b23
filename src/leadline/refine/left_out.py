"""Refinement without some kinds of cleaning, for an arm of an experiment.

Only how values look is left out. What is known of a lead stays as it is with all rules: whether it
is quarantined, its address and number for comparison, and its problems, by which both are trusted
or not. Texts are still cut to their limits, made harmless, and blanked if they say nothing.
"""

from collections.abc import Callable, Collection, Mapping

import msgspec

from leadline.model.facts.cleaning import COMPANIES, EMAILS, NAMES, PHONES, WEBSITES
from leadline.model.lead import Change, Contact, LeadFields, RefinedLead
from leadline.refine import text
from leadline.refine.names.name import name_as_written

_FIELDS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    COMPANIES: ("company", text.line),
    EMAILS: ("email", text.code),
    PHONES: ("phone", text.code),
    WEBSITES: ("website", text.bare),
}
"""The field of each kind but names, and how it is cleaned still."""
_OF_NAMES = ("name", "first_name", "last_name")
_KNOWN = ("email_canonical", "email_kind", "company_domain", "phone_e164", "phone_extension")


def as_written(
    contact: Contact, changes: tuple[Change, ...], fields: LeadFields, without: Collection[str]
) -> tuple[Contact, tuple[Change, ...]]:
    """The refined contact of these fields as it is without these kinds of cleaning, and its
    changes."""
    values: dict[str, str | None] = {}
    made: tuple[Change, ...] = ()
    if NAMES in without:
        name = name_as_written(fields.name, fields.first_name, fields.last_name)
        values |= zip(_OF_NAMES, (name.whole, name.first, name.last), strict=True)
        made = name.changes
    for kind, (field, how) in _FIELDS.items():
        if kind not in without or (usual := getattr(contact, field)) is None:
            continue  # or it says nothing
        kept, of_field = text.clean(field, getattr(fields, field), how)
        if kind == EMAILS and (kept or "").lower() != usual:
            continue  # an address that something stands around reaches nobody
        values[field] = kept
        made += of_field
    others = tuple(one for one in changes if one.field not in values)
    return msgspec.structs.replace(contact, **values), others + made


def as_known(lead: RefinedLead, usual: RefinedLead) -> RefinedLead:
    """A lead that was refined without some kinds of cleaning, with what its *usual* refinement says
    beside how its values look."""
    known = {name: getattr(usual.contact, name) for name in _KNOWN}
    contact = msgspec.structs.replace(lead.contact, **known)
    return msgspec.structs.replace(
        lead, status=usual.status, contact=contact, problems=usual.problems
    )
