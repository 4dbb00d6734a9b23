"""Privacy deletions in the CRM: erases personal data, and names the copies that remain."""

import logging
from collections import Counter
from collections.abc import Sequence

from leadline.kit import Kit
from leadline.model.handling import Handling
from leadline.model.lead import RefinedLead
from leadline.model.task import Alert, Step, Task
from leadline.ports.channel import Notice

log = logging.getLogger(__name__)


NAMED_ERASED = "duplicates.erased"
"""The timeline note on a lead that is refined again because its first lead, or one that its blanks
were filled from, was erased."""
NOT_PROVED = "nothing was erased: the source has no secret, and anybody could ask for it"
"""The timeline note on a privacy deletion from an unauthenticated sender."""


def erase(kit: Kit, source: str, lead_id: str, lead: RefinedLead | None, handling: Handling) -> str:
    """Erase the personal data of a lead; returns in words which copies could not be reached. The
    caller puts UPDATE tasks, which correct the messages.

    Nothing is erased if the *source* has no secret, because its senders are not authenticated.
    """
    if not kit.sources[source].config.secret:
        log.warning("privacy.not_proved", extra={"lead": lead_id, "source": source})
        return NOT_PROVED
    alerts = kit.store.alerts([lead_id]).get(lead_id, ())
    left = [*_messages_left(kit, lead, handling, alerts)] if lead is not None else []
    if lead is not None and lead.duplicate_of is not None:
        left.append(f"lead {lead.duplicate_of.lead_id} of the same person")
    others = _leads_that_name(kit, lead) if lead is not None else []
    if others:  # the first call counts if this process ends before the second
        kit.store.put(others, kit.clock() + kit.lease_duration, note=NAMED_ERASED)
    left += kit.store.erase(lead_id)
    if others:
        kit.store.put(others, kit.clock())
    log.warning("privacy.erased", extra={"lead": lead_id})
    for words in left:
        log.warning("privacy.not_reached", extra={"lead": lead_id, "reason": words})
    return f"not reached: {'; '.join(left)}" if left else ""


def _leads_that_name(kit: Kit, lead: RefinedLead) -> list[Task]:
    """The refinements of leads whose first lead this is, or whose blanks have its values: they get
    another first lead, and the values go."""
    first = lead.duplicate_of.lead_id if lead.duplicate_of else lead.lead_id
    members = kit.store.clusters([first]).get(first, ())
    leads = kit.store.refined([m.lead_id for m in members if m.lead_id != lead.lead_id])
    return [
        Task(Step.REFINE, one.lead_id)
        for one in leads.values()
        if (one.duplicate_of is not None and one.duplicate_of.lead_id == lead.lead_id)
        or any(origin.lead_id == lead.lead_id for origin in one.filled.values())
    ]


def _messages_left(
    kit: Kit, lead: RefinedLead, handling: Handling, alerts: Sequence[Alert]
) -> list[str]:
    """The messages about a lead that can't be edited, by channel."""
    left: Counter[str] = Counter()
    changed: set[str] = set()
    for alert in alerts:
        place = kit.channels.get(alert.channel)
        first = alert.step is Step.NOTIFY and alert.channel not in changed
        notice = Notice(lead=lead, now=kit.clock(), handling=handling, links=kit.links)
        if first and place is not None and place.writer.update(notice, alert) is not None:
            changed.add(alert.channel)
        else:
            left[alert.channel] += 1
    return [f"{n} message{'s' * (n > 1)} of {name}" for name, n in sorted(left.items())]
