"""Which senders name owners without being trusted in that, so that operators hear of it."""

from collections.abc import Mapping

import msgspec

from leadline.journey.refining import fields_of_lead
from leadline.model.errors import LeadlineError
from leadline.ports.ledger import LeadFilter, Ledger
from leadline.ports.source import Source
from leadline.ports.store import Leads

LOOKED_AT = 200
"""How many of the newest leads of each source are looked at."""


class OwnersClaimed(msgspec.Struct, frozen=True):
    """In how many of the leads looked at a source named an owner who decides nothing."""

    leads: int
    of: int


def untrusted_owners(
    store: Leads, ledger: Ledger, sources: Mapping[str, Source]
) -> Mapping[str, OwnersClaimed]:
    """The sources that named owners and are not trusted in that. The raw words are read anew, so
    that leads of every version, refined or waiting, count alike."""
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
                continue  # it says nothing that makes a lead, nor whose it is
        if claimed:
            found[name] = OwnersClaimed(claimed, len(leads))
    return found
