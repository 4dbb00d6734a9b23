"""Tells whether another turn of the rules would change anything, by applying only those rules again
that look at a value which the last turn changed: a third of the cost of a turn.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from leadline.model.lead import Contact, LeadFields, RefinedLead
from leadline.refine import text
from leadline.refine.companies.company import refine_company
from leadline.refine.country_context import region_in
from leadline.refine.doubtful.quarantine import suspicions
from leadline.refine.emails.email import refine_email
from leadline.refine.mends.damage import damages
from leadline.refine.misplaced.fields import put_right
from leadline.refine.names.company import company_from_name
from leadline.refine.names.country import country_of_name
from leadline.refine.names.name import refine_name
from leadline.refine.phones.phone import in_unknown_country, refine_phone
from leadline.refine.website import refine_website

_TEXTS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "title": ("title", text.line),
    "country": ("country", text.line),
    "source": ("source", text.line),
    "campaign": ("campaign", text.line),
    "owner": ("owner", text.line),
    "owner_claimed": ("owner_claimed", text.line),
    "message": ("message", text.lines),
    "crm_url": ("crm_url", text.bare),
    "crm_record": ("record", text.bare),
}
"""The fields that are only cleaned: their names among the fields of a lead, and how."""


def changes_nothing(
    kept: LeadFields, lead: RefinedLead, changed: Collection[str], region: str, usual: str
) -> bool:
    """Whether the rules would leave a lead as it is, of which *kept* are the fields.

    *changed* are the fields that changed in the last turn and are not settled
    (`settled.unsettled`). Every value has to have stayed in its field, and *region* was the country
    of phone numbers; *usual* is that of leads which name none.
    """
    contact, known = lead.contact, frozenset(lead.problems)
    if region_in(kept.country, kept.phone, kept.custom, usual) != region:
        return False
    if put_right(kept, usual)[0] is not kept or company_from_name(kept)[0] is not kept:
        return False
    if not known.issuperset(suspicions(kept, contact.email)) or not known.issuperset(damages(kept)):
        return False
    for field in changed:
        found = _again(field, kept, contact, region)
        if found is None or not known.issuperset(found):
            return False
    return True


def _again(field: str, kept: LeadFields, contact: Contact, region: str) -> Sequence[str] | None:
    """The problems of a field, refined again; None if that changes it, or if it is not sure."""
    if (plain := _TEXTS.get(field)) is not None:
        name, how = plain
        written = getattr(kept, name)
        return None if written and text.clean(field, written, how)[1] else ()
    match field:
        case "name":
            return _name_again(kept, contact, region)
        case "email":
            return _email_again(contact)
        case "phone":
            return _phone_again(contact, region)
        case "company":
            return None if refine_company(kept.company)[1] else ()
        case "website":
            return None if refine_website(kept.website)[1] else ()
    return None


def _name_again(kept: LeadFields, contact: Contact, region: str) -> Sequence[str] | None:
    custom_of = country_of_name(contact.country, contact.phone_e164, region)
    name = refine_name(kept.name, kept.first_name, kept.last_name, custom_of)
    return None if name.changes else name.problems


def _email_again(contact: Contact) -> Sequence[str] | None:
    email = refine_email(contact.email)
    is_same = email.canonical == contact.email_canonical and email.kind == contact.email_kind
    if email.changes or not is_same or email.company != contact.company_domain:
        return None
    return email.problems


def _phone_again(contact: Contact, region: str) -> Sequence[str] | None:
    phone = refine_phone(contact.phone, region)
    is_same = phone.e164 == contact.phone_e164 and phone.extension == contact.phone_extension
    if phone.changes or not is_same:
        return None
    return (in_unknown_country(phone) if contact.country and not region else phone).problems
