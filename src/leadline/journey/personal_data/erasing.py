"""Erases the personal data of a lead, whether the CRM or an operator asks for it: the one path.

Names the copies that remain, and leaves a tombstone (`ports.personal_data.erasures`) where there is
a key.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from leadline.journey.assigning.changing import HandlingChange, change_handling
from leadline.journey.refinement.folding import end_of
from leadline.journey.responding.meanwhile import update_later_alerts
from leadline.kit import Kit
from leadline.model.errors import ConfigurationError
from leadline.model.facts.conversions import without_digests
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import ERASED, RefinedLead
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.privacy import AuditEntry, Tombstone
from leadline.model.task import Alert, Later, Step, Task
from leadline.ports.channel import Notice
from leadline.ports.store import Waiting

log = logging.getLogger(__name__)

_NOT_REACHED, _BETWEEN = "not reached: ", "; "

LEAD_ERASED = "lead.erased"
"""The action in the audit log."""
NAMED_ERASED = "duplicates.erased"
"""The timeline note on a lead that is refined again because its first lead, or one that its blanks
were filled from, was erased."""
HELD = "nothing was erased: the lead is under a legal hold; after leadline release-data, erase it"
"""The timeline note on a privacy deletion of a lead whose data must be kept."""
NOT_PROVED = "nothing was erased: the source has no secret, and anybody could ask for it"
"""The timeline note on a privacy deletion from an unauthenticated sender."""


def erase(
    kit: Kit,
    source: str,
    lead_id: str,
    lead: RefinedLead | None,
    handling: Handling,
    *,
    proved: bool = False,
) -> str:
    """Erase the personal data of a lead; returns in words which copies could not be reached. The
    caller puts UPDATE tasks, which correct the messages.

    Nothing is erased if the senders of the *source* are not authenticated, or if the lead is under
    a legal hold; unless it is *proved* that it may be: an operator asks, and no hold was found, or
    it was erased before.
    """
    if not proved:
        if not kit.sources[source].config.authenticated:
            log.warning("privacy.not_proved", extra={"lead": lead_id, "source": source})
            return NOT_PROVED
        if lead_id in kit.store.held([lead_id]):
            log.warning("privacy.held", extra={"lead": lead_id, "source": source})
            return HELD
        _bury_lead(kit, lead_id)
        note_in_audit(kit, "system", LEAD_ERASED, lead_id, f"source {source}")
    left = [*copies_left(kit, lead_id, lead, handling)]
    if proved and lead is not None and handling.written:  # else the record itself is gone
        left.append(_written(lead, handling))
    left += _pushed(handling)
    others = _leads_that_name(kit, lead) if lead is not None else []
    if others:  # the first call counts if this process ends before the second
        kit.store.put(others, kit.clock() + kit.lease_duration, note=NAMED_ERASED)
    left += kit.store.erase(lead_id)
    if others:
        kit.store.put(others, kit.clock())
    log.warning("privacy.erased", extra={"lead": lead_id})
    for words in left:
        log.warning("privacy.not_reached", extra={"lead": lead_id, "reason": words})
    return f"{_NOT_REACHED}{_BETWEEN.join(left)}" if left else ""


def not_reached(detail: str) -> tuple[str, ...]:
    """The copies that the result of `erase` names."""
    return tuple(detail.removeprefix(_NOT_REACHED).split(_BETWEEN)) if detail else ()


def copies_left(
    kit: Kit, lead_id: str, lead: RefinedLead | None, handling: Handling
) -> Iterable[str]:
    """The copies of a lead outside the store that an erasure does not reach, in words."""
    if lead is None:
        return
    yield from _messages_left(kit, lead, handling, kit.store.alerts([lead_id]).get(lead_id, ()))
    if lead.duplicate_of is not None:
        yield f"lead {lead.duplicate_of.lead_id} of the same person"


def _written(lead: RefinedLead, handling: Handling) -> str:
    """What was written to the CRM, in words. CRMs have no call that takes values back."""
    fields, record = ", ".join(sorted(handling.written)), lead.lead_details.crm_record
    return f"{fields} of record {record} in the CRM of {lead.received_from}"


def _pushed(handling: Handling) -> list[str]:
    """What ad networks were told, in words: they take no conversion back by the lead's name."""
    told = ((name, len(one)) for name, one in sorted(handling.pushed.items()) if one)
    return [f"{n} conversion{'s' * (n > 1)} of {name}" for name, n in told]


def end_erased(kit: Kit, lead: RefinedLead, *, proved: bool = False) -> str | None:
    """Erase a refined lead, end it, so that nothing more is sent about it, and have the messages
    about it corrected. Returns what `erase` returns; None if its handling changed meanwhile: then
    call this again."""
    before = kit.store.handling([lead.lead_id]).get(lead.lead_id, UNHANDLED)
    after = msgspec.structs.replace(
        before,
        gone=ERASED,
        ending=Ending.DISQUALIFIED if before.ending is Ending.OPEN else before.ending,
        ended_at=before.ended_at or kit.clock(),
    )
    detail = erase(kit, lead.received_from, lead.lead_id, lead, before, proved=proved)
    if detail != HELD:
        after = msgspec.structs.replace(
            after,
            written={},
            borrowed={},
            reply_url="",
            reply_until=None,
            pushed=without_digests(before.pushed),
        )
    then = _updates(kit, lead.lead_id)
    change = HandlingChange(lead=lead, before=before, after=after, how="crm", at=kit.clock())
    note = f"record.{ERASED}"
    if change_handling(kit.store, kit.teams, change, then, note, detail) is None:
        return None
    update_later_alerts(kit.store, lead.lead_id, then, kit.clock())
    return detail


def why_gone(kit: Kit, waiting: Waiting) -> str:
    """Why the record of a lead no longer exists; "" if it does. If the lead was erased, whatever
    came of its record since is erased, too."""
    if waiting.raw == ERASED_WORDS:
        return ERASED
    return end_of(kit.sources[waiting.source], waiting) if waiting.ends else ""


def bury(kit: Kit, names: Iterable[str]) -> Tombstone:
    """Leave a tombstone for what a person is known by (`privacy.finding`). Raises
    ConfigurationError without a key."""
    if kit.erasures is None or kit.privacy_key is None:
        raise ConfigurationError("set privacy_key: without it nothing remembers who was erased")
    key = kit.privacy_key()
    tombstone = Tombstone(key.hashes_of(names), key.id, kit.clock())
    kit.erasures.bury(tombstone)
    return tombstone


def note_in_audit(kit: Kit, actor: str, action: str, subject: str = "", detail: str = "") -> None:
    """Note in the audit log, if there is one, who did what
    (`model.personal_data.privacy.AuditEntry`)."""
    if kit.audit is not None:
        kit.audit.append([AuditEntry(
            at=kit.clock(), actor=actor, action=action, subject=subject, detail=detail
        )])  # fmt: skip


def _bury_lead(kit: Kit, lead_id: str) -> None:
    """Leave a tombstone for a lead that the CRM asked to erase; without a key there is only a
    warning, because the CRM's word counts anyway."""
    from leadline.privacy.hashes import lead_name  # erasing is rare

    if kit.erasures is None:
        return
    try:
        tombstone = bury(kit, [lead_name(lead_id)])
    except ConfigurationError as error:
        log.warning("privacy.no_tombstone", extra={"lead": lead_id, "reason": error.detail})
    else:
        kit.erasures.applied([tombstone])


def _updates(kit: Kit, lead_id: str) -> list[Later]:
    """The tasks that correct the messages about a lead."""
    alerts = kit.store.alerts([lead_id]).get(lead_id, ())
    told = {alert.channel for alert in alerts if alert.step is Step.NOTIFY}
    return [Later(Task(Step.UPDATE, lead_id, name)) for name in sorted(told)]


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
