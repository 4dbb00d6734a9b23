"""Refinement: pure rules, one module per field; no I/O, and the time is an argument.

Every rule keeps three promises. Visible text is never removed, except for the placeholders of
`blank`, `company` and `name`. Every alteration is recorded as a Change. Doubtful values are flagged
by a problem code, not corrected by guessing. All rules take time linear in the length of the text:
fields are cut to their limits first (`limits`).
"""

from datetime import datetime
from typing import Any

import msgspec

from leadline.model.facts.cleaning import MISPLACED
from leadline.model.lead import Change, Contact, LeadFields, RefinedLead
from leadline.refine import text
from leadline.refine.another_turn import changes_nothing
from leadline.refine.companies.company import refine_company
from leadline.refine.country_context import region_in
from leadline.refine.custom import refine_custom
from leadline.refine.details import refine_details
from leadline.refine.doubtful.made_up import made_up_problems
from leadline.refine.doubtful.quarantine import NOBODY, is_nobody, suspicions
from leadline.refine.emails.email import refine_email
from leadline.refine.kept import kept_fields
from leadline.refine.limits import LIMITS, truncated
from leadline.refine.mends.damage import damages
from leadline.refine.misplaced.fields import put_right
from leadline.refine.misplaced.leftovers import (
    Told,
    may_hold,
    may_reach,
    problems_of,
    telling_texts,
)
from leadline.refine.names.company import company_from_name, may_be_company
from leadline.refine.names.country import country_of_name
from leadline.refine.names.name import refine_name
from leadline.refine.phones.phone import by_mail, in_unknown_country, refine_phone
from leadline.refine.settled import unsettled
from leadline.refine.website import refine_website

__all__ = ["MESSAGE_LIMIT", "About", "kept_fields", "refine"]

MESSAGE_LIMIT = LIMITS["message"]
"""The longest message of a refined lead, in characters; the raw lead has the whole message."""


_ASIDE = ("spam.", "test.", "record.")
"""The prefixes of the problem codes for which a lead is quarantined."""


class About(msgspec.Struct, frozen=True):
    """What refinement needs in addition to the fields.

    `received_from` is the source. `region` is the ISO 3166 code ("US") of the country of phone
    numbers, if neither the number nor the lead names a country; "" for none. It is not used for a
    lead that names a country which is not understood. `without` are the kinds of cleaning that are
    left out (`model.facts.cleaning`).
    """

    lead_id: str
    captured_at: datetime
    processed_at: datetime
    received_from: str
    region: str = ""
    without: frozenset[str] = frozenset()


def refine(fields: LeadFields, about: About) -> RefinedLead:
    """Refine the fields of a lead. Never raises, whatever the input.

    The rules are applied until nothing changes: one that decodes, unwraps or blanks a value may
    show another one what it is, such as an address in the field of a name. `problems` are sorted.
    `changes` are in the order in which they were made, so the changes of one field form a chain
    from its first to its final value.
    """
    if fields.consent:
        from leadline.refine.consent import refine_consent  # few leads say anything of it

        known = refine_consent(fields.consent, about.received_from, about.captured_at)
        bare = msgspec.structs.replace(fields, consent={})
        return msgspec.structs.replace(refine(bare, about), consent=known)
    if fields.attribution:
        from leadline.refine.attribution import with_attribution  # leads of other senders have none

        bare = msgspec.structs.replace(fields, attribution={})
        return with_attribution(refine(bare, about), fields.attribution)
    turn = _turn(fields, about)
    refined = _without_circles(fields, turn.lead)
    news = refined.changes
    for _ in range(_MOST_TURNS):
        if not (left := unsettled(refined.contact, refined.lead_details, news)):
            break
        kept = kept_fields(refined, fields.suspicions)
        if turn.is_in_place and changes_nothing(kept, refined, left, turn.region, about.region):
            break
        turn = _turn(kept, about)
        later = _without_circles(kept, turn.lead)
        refined, news = _both(refined, later), later.changes
    if about.without:
        from leadline.refine.left_out import as_known  # few leads are part of such an experiment

        usual = refine(fields, msgspec.structs.replace(about, without=frozenset()))
        return as_known(refined, usual)
    return refined


class _Turn(msgspec.Struct, frozen=True):
    """All rules, applied once: what came of it, the country of phone numbers (ISO code), and
    whether every value stayed in the field in which it was written."""

    lead: RefinedLead
    region: str
    is_in_place: bool


def _without_circles(fields: LeadFields, refined: RefinedLead) -> RefinedLead:
    """The refined lead without changes that came to nothing together."""
    changes = refined.changes
    if len({change.field for change in changes}) == len(changes):
        return refined  # a field that changed once is another one now
    if kept_fields(refined, fields.suspicions) != fields:
        return refined
    return msgspec.structs.replace(refined, changes=())


_MOST_TURNS = 4
"""How often the rules are applied again at most; twice is rare."""


_OF_CONTACT = (
    "name", "first_name", "last_name", "email", "phone", "company", "title", "country", "website"
)  # fmt: skip


def _both(first: RefinedLead, later: RefinedLead) -> RefinedLead:
    """What came of refining the result of the first refinement again, with the problems of the
    first one that are not about a value that it had blanked, or had not found."""
    there = {name for name in _OF_CONTACT if getattr(later.contact, name) is not None}
    blank = tuple(f"{name}." for name in there if getattr(first.contact, name) is None)
    problems = {one for one in first.problems if not one.startswith(blank) and one not in _OF_ALL}
    quarantined = "quarantined" in (
        later.status,
        first.status if NOBODY not in first.problems else later.status,
    )
    return msgspec.structs.replace(
        later,
        status="quarantined" if quarantined else "refined",
        problems=tuple(sorted({*problems, *later.problems})),
        changes=first.changes + later.changes,
    )


_OF_ALL = frozenset({"contact.unreachable", NOBODY})
"""Problems of the contact as a whole, which another refinement tells anew."""


def _turn(fields: LeadFields, about: About) -> _Turn:
    fields, moved = _placed(fields, about)
    contact = _contact(fields, about)
    details, of_details = refine_details(fields)
    custom = refine_custom(fields.custom)
    own = contact.changes
    told = telling_texts(custom.fields) if custom.may_have_contact else ()
    if contact.value.phone is None or contact.value.email is None:
        contact = _reached(contact, details.message, custom.fields, told, about)
    is_in_place = not moved and contact.changes is own
    changes = moved + contact.changes + of_details + custom.changes
    reasons = suspicions(fields, contact.value.email)
    problems = {*contact.problems, *truncated(changes), *reasons, *damages(fields)}
    problems |= made_up_problems(contact.value)
    if told:
        problems |= problems_of(told, contact.value)
    if contact.value.email is None and contact.value.phone is None:
        problems.add("contact.unreachable")
    if contact.value.name and may_be_company(fields.name or _joined(fields)):
        problems.add("name.maybe_company")
    quarantined = bool(reasons) and any(code.startswith(_ASIDE) for code in reasons)
    if not quarantined and is_nobody(contact.value, details, problems):
        quarantined = True
        problems.add(NOBODY)
    lead = RefinedLead(
        lead_id=about.lead_id,
        captured_at=about.captured_at,
        processed_at=about.processed_at,
        status="quarantined" if quarantined else "refined",
        contact=contact.value,
        lead_details=details,
        received_from=about.received_from,
        problems=tuple(sorted(problems)),
        changes=changes,
        custom=custom.fields,
    )
    return _Turn(lead, contact.region, is_in_place)


def _placed(fields: LeadFields, about: About) -> tuple[LeadFields, tuple[Change, ...]]:
    """The fields with every value in its field, and the changes."""
    if MISPLACED in about.without:
        return fields, ()
    fields, moved = put_right(fields, about.region)
    fields, renamed = company_from_name(fields)
    return fields, moved + renamed


def _joined(fields: LeadFields) -> str:
    return f"{fields.first_name or ''} {fields.last_name or ''}"


class _RefinedContact(msgspec.Struct, frozen=True):
    """A refined contact, with its changes and problem codes, and the country of its number."""

    value: Contact
    changes: tuple[Change, ...]
    problems: tuple[str, ...]
    region: str


def _contact(fields: LeadFields, about: About) -> _RefinedContact:
    country, of_country = text.clean("country", fields.country)
    region = region_in(country, fields.phone, fields.custom, about.region)
    email = refine_email(fields.email)
    phone = refine_phone(fields.phone, region)
    if country is None:
        phone = by_mail(phone, fields.phone, email.canonical)
    custom_of = country_of_name(country, phone.e164, region)
    name = refine_name(fields.name, fields.first_name, fields.last_name, custom_of)
    if country and not region:
        phone = in_unknown_country(phone)
    company, of_company = refine_company(fields.company)
    title, of_title = text.clean("title", fields.title)
    website, of_website = refine_website(fields.website)
    contact = Contact(
        name=name.whole,
        email=email.written,
        phone=phone.written,
        company=company,
        first_name=name.first,
        last_name=name.last,
        email_canonical=email.canonical,
        phone_e164=phone.e164,
        phone_extension=phone.extension,
        title=title,
        country=country,
        website=website,
        email_kind=email.kind,
        company_domain=email.company,
    )
    changes = name.changes + email.changes + phone.changes
    changes += of_company + of_title + of_country + of_website
    problems = (*name.problems, *email.problems, *phone.problems)
    if about.without:
        from leadline.refine.left_out import as_written

        contact, changes = as_written(contact, changes, fields, about.without)
    return _RefinedContact(contact, changes, problems, region)


def _reached(
    contact: _RefinedContact,
    message: str | None,
    custom: dict[str, Any],
    told: Told,
    about: About,
) -> _RefinedContact:
    """The contact with a number and an address from its message and other fields, where it has
    none of its own."""
    if MISPLACED in about.without:
        return contact
    if not may_reach(message) and not (told and may_hold(custom)):
        return contact
    from leadline.refine.misplaced.reachable import with_found  # most leads don't need it

    region = region_in(contact.value.country, None, custom, about.region)
    reached = with_found(contact.value, message, told, region)
    if not reached.problems:
        return contact
    return _RefinedContact(
        reached.contact,
        contact.changes + reached.changes,
        contact.problems + reached.problems,
        contact.region,
    )
