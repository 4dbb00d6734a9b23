"""Finds sources that name owners but are not trusted to, so that operators can be warned."""

from collections.abc import Mapping

import msgspec

from leadline.journey.corrections.lead_fields import fields_of_lead
from leadline.model.errors import LeadlineError
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.ports.source import Source
from leadline.ports.store import Leads

LOOKED_AT = 200
"""The number of newest leads of each source that are checked."""


class UntrustedOwners(msgspec.Struct, frozen=True):
    """How many leads (`leads`) of those checked (`of`) name an owner that is ignored."""

    leads: int
    of: int


def untrusted_owners(
    store: Leads, ledger: Ledger, sources: Mapping[str, Source]
) -> Mapping[str, UntrustedOwners]:
    """The sources that named owners without being trusted to, by name. The raw events are read
    again, so that leads of every version count, refined or waiting."""
    found = {}
    for name, source in sources.items():
        if source.trusts_owners:
            continue
        rows = ledger.find(LeadFilter(source=name, limit=LOOKED_AT))
        leads = store.waiting([row.lead_id for row in rows]).values()
        claimed = 0
        for lead in leads:
            try:
                claimed += fields_of_lead(source, lead).owner_claimed is not None
            except LeadlineError:
                continue  # cannot be read, so it names no owner either
        if claimed:
            found[name] = UntrustedOwners(claimed, len(leads))
    return found
