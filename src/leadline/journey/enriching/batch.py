"""Looking up facts about the leads of one batch, as part of their refinement."""

from collections.abc import Mapping, Sequence

import msgspec

from leadline.journey.correcting import values_corrected
from leadline.journey.enriching.patience import Patience
from leadline.journey.enriching.waterfall import Waterfall
from leadline.journey.linking import Linked
from leadline.kit import Kit
from leadline.model.lead import RefinedLead
from leadline.model.task import Lease
from leadline.ports.store import Waiting


def by_patience(
    kit: Kit, leases: Sequence[Lease], wait: Patience
) -> list[tuple[Sequence[Lease], Patience]]:
    """The leads whose alerts wait, first, with what is left of the *wait* for providers; then those
    that are refined again, which may take as long as a provider may. All are one part if nobody is
    asked."""
    if not kit.enrichers:
        return [(leases, wait)]
    known = kit.store.documents([one.task.lead_id for one in leases])
    again = [one for one in leases if one.task.lead_id in known]
    fresh = [one for one in leases if one.task.lead_id not in known]
    longest = max((one.config.timeout for one in kit.enrichers.values()), default=wait.left)
    parts = ((fresh, wait), (again, Patience(longest)))
    return [(some, patience) for some, patience in parts if some]


def with_lookups(
    kit: Kit,
    links: Mapping[str, Linked | Exception],
    before: Mapping[str, RefinedLead],
    waiting: Mapping[str, Waiting],
    patience: Patience,
) -> Mapping[str, Linked | Exception]:
    """The links, with what providers say about the leads; *before* is what was made of those that
    are refined again, *waiting* are the leads as they came."""
    waterfall = Waterfall(kit, patience)
    found: dict[str, Linked | Exception] = {}
    for lead_id, one in links.items():
        kit.report_current(lead_id)
        found[lead_id] = one
        if isinstance(one, Linked):
            corrected = values_corrected(waiting[lead_id].corrections)
            lead = waterfall.enriched(one.lead, before.get(lead_id), corrected)
            found[lead_id] = msgspec.structs.replace(one, lead=lead)
    waterfall.finish()
    return found
