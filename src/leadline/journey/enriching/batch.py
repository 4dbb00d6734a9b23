"""Looking up facts about the leads of one batch, as part of their refinement."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from leadline.journey.corrections.correcting import values_corrected
from leadline.journey.enriching.patience import Patience, retry_after
from leadline.journey.enriching.waterfall import Waterfall
from leadline.journey.same_person.linking import Linked
from leadline.kit import Kit
from leadline.model.lead import RefinedLead
from leadline.model.task import Lease
from leadline.ports.store import Waiting

log = logging.getLogger(__name__)

_MOST_OF_A_LEASE = 0.2
"""The part of a lease that may be spent on providers, before the alerts and after them each: a CRM
may take as long as `crm_lookup` allows, and whose lease ends is taken for stuck."""
_EARLY = timedelta(seconds=10)
"""By how much a task may come before its time, by another machine's clock."""


def by_patience(
    kit: Kit, groups: Sequence[Sequence[Lease]], wait: Patience
) -> list[tuple[Sequence[Lease], Patience]]:
    """The *groups* of a batch in parts: the leads of all groups whose alerts wait come first, with
    what is left of the *wait* for providers; then those that are refined again, for which all
    together there is as long as one provider may take; neither is much of a lease. A group is one
    part if nobody is asked."""
    if not kit.enrichers:
        return [(some, wait) for some in groups]
    known = kit.store.documents([one.task.lead_id for some in groups for one in some])
    longest = max((one.config.timeout for one in kit.enrichers.values()), default=wait.left)
    most = kit.lease_duration * _MOST_OF_A_LEASE
    wait.left = min(wait.left, most)
    late = Patience(min(longest, most))
    fresh = [([one for one in some if one.task.lead_id not in known], wait) for some in groups]
    again = [([one for one in some if one.task.lead_id in known], late) for some in groups]
    return [(some, patience) for some, patience in (*fresh, *again) if some]


def has_found_nothing_new(kit: Kit, lead: RefinedLead, earlier: RefinedLead) -> bool:
    """Whether the lead was refined again because providers were due, and is as it was *earlier*: of
    that nobody is told."""
    was, now = earlier.enrichment, lead.enrichment
    pause = retry_after(earlier)
    if was is None or pause is None or kit.clock() + _EARLY < earlier.processed_at + pause:
        return False
    if was.values != (now.values if now is not None else {}):
        return False
    same = {"enrichment": None, "processed_at": earlier.processed_at}
    return msgspec.structs.replace(lead, **same) == msgspec.structs.replace(earlier, **same)


def with_lookups(
    kit: Kit,
    links: Mapping[str, Linked | Exception],
    before: Mapping[str, RefinedLead],
    waiting: Mapping[str, Waiting],
    patience: Patience,
) -> Mapping[str, Linked | Exception]:
    """The links, with what providers say about the leads; *before* is what was made of those that
    are refined again, *waiting* are the leads as they came."""
    if kit.privacy_key is None and kit.store.suppression_key() is not None:
        log.error("suppression.unread", extra={"error": "no privacy_key: nothing is looked up"})
        return links  # there is a list, and nobody here can look a person up in it
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
