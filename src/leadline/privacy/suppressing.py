"""The suppression list, as it counts for leads: whoever is on it is marked or quarantined."""

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from leadline.model.facts.consent import LISTED, NO, PURPOSES, SUPPRESSED, Consent
from leadline.model.lead import Contact, RefinedLead
from leadline.model.personal_data.suppression import QUARANTINE, Suppressed
from leadline.privacy.hashes import PrivacyKey

_MOST_DOMAINS = 6

LookUp = Callable[[Collection[str]], Mapping[str, Suppressed]]
"""The entries with these hashes, by hash."""


def mark_suppressed(
    leads: Mapping[str, RefinedLead], key: PrivacyKey, look_up: LookUp, policy: str
) -> Mapping[str, RefinedLead]:
    """These leads by id, with those on the suppression list marked; with the *policy* QUARANTINE
    they are quarantined, too."""
    named = {i: key.hashes_of(names_of(lead.contact)) for i, lead in leads.items()}
    hashes = {one for some in named.values() for one in some}
    found = look_up(hashes) if hashes else {}
    if not found:
        return leads
    return {
        i: _marked(lead, [found[one] for one in named[i] if one in found], policy)
        for i, lead in leads.items()
    }


def names_of(contact: Contact) -> tuple[str, ...]:
    """What the list may have of somebody, as `PrivacyKey.hash_of` takes it: the number, the
    address, and the domain of the address with those above it."""
    names = [f"phone:{contact.phone_e164}"] if contact.phone_e164 else []
    if contact.email_canonical:
        parts = contact.email_canonical.rpartition("@")[2].split(".")[-_MOST_DOMAINS:]
        names.append(f"email:{contact.email_canonical}")
        names += [domain_name(".".join(parts[start:])) for start in range(len(parts) - 1)]
    return tuple(names)


def domain_name(domain: str) -> str:
    """What a domain is known by to `PrivacyKey.hash_of`."""
    return f"domain:{domain}"


def _marked(lead: RefinedLead, entries: Sequence[Suppressed], policy: str) -> RefinedLead:
    if not entries:
        return lead
    first = min(entries, key=lambda one: one.at)
    no = Consent(NO, LISTED, first.at, first.reason)
    return msgspec.structs.replace(
        lead,
        status="quarantined" if policy == QUARANTINE else lead.status,
        problems=tuple(sorted({*lead.problems, SUPPRESSED})),
        consent=dict.fromkeys(PURPOSES, no),
    )
