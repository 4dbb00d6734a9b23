"""The back half: due leads are claimed, refined and settled.

A worker calls `refine_due` in a loop; the function on AWS calls it for each batch.
What follows a refined lead (`alerts.sending`) is a task of its own.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from leadline.journey.crm_lookup import NotAsked, Silent, Told, ask
from leadline.journey.ownership import settle_owner
from leadline.kit import Kit, again, channels_for, exhausted, settle
from leadline.model.charsets import NOTES
from leadline.model.errors import LeadlineError
from leadline.model.handling import Handling
from leadline.model.keys import match_keys
from leadline.model.lead import FirstSeen, LeadFields, Ownership, RefinedLead
from leadline.model.task import Alert, Claim, Done, Drop, Later, Outcome, Retry, Step, Task
from leadline.ports.crm import CrmRecord
from leadline.ports.source import Source
from leadline.ports.store import Waiting
from leadline.refine import About, refine

log = logging.getLogger(__name__)


_HICCUP = timedelta(seconds=5)
_PATIENCE = timedelta(seconds=30)
_ASKED = 6
"""How often a lead waits for a CRM that asks for pauses before its alert goes out without it."""


def refine_due(kit: Kit, limit: int = 100) -> int:
    """Refine up to *limit* due leads; returns how many were claimed."""
    claims = kit.store.claim(Step.REFINE, limit, kit.lease)
    if not claims:
        return 0
    waiting = kit.store.waiting([c.task.lead_id for c in claims])
    said = ask(kit, waiting) if kit.crms else {}
    # Asked again, some were told before, and handled.
    told = kit.store.alerts(list(said)) if said else {}
    handled = kit.store.handling(list(said)) if said else {}
    outcomes: list[Outcome] = []
    for claim in claims:
        i = claim.task.lead_id
        kit.at_hand(i)
        outcomes.append(
            _refine_one(kit, claim, waiting.get(i), said.get(i), told.get(i, ()), handled.get(i))
        )
    kit.at_hand("")
    settle(kit, claims, _link_to_first_seen(kit, outcomes))
    return len(claims)


def preview(kit: Kit, waiting: Waiting) -> RefinedLead:
    """What a lead would become now, with nothing stored and no CRM asked.

    Raises NotUnderstood when the event says nothing that makes a lead.
    """
    return _refined(kit, waiting, fields_of_lead(kit.sources[waiting.source], waiting))


def _refined(kit: Kit, waiting: Waiting, fields: LeadFields) -> RefinedLead:
    about = About(
        lead_id=waiting.lead_id,
        captured_at=waiting.captured_at,
        processed_at=kit.clock(),
        received_from=waiting.source,
        region=kit.sources[waiting.source].config.country or kit.region,
    )
    return refine(fields, about)


def _refine_one(
    kit: Kit,
    claim: Claim,
    waiting: Waiting | None,
    said: Told | None,
    told: Sequence[Alert],
    before: Handling | None,
) -> Outcome:
    """The outcome of one lead; whatever goes wrong is this lead's own affair."""
    if waiting is None:
        return Drop("lead.missing", "the archive has no raw lead of this id")
    if (end := exhausted(kit, claim)) is not None:
        return end
    if (not_now := _ask_again(claim, said)) is not None:
        return not_now
    try:
        fields = fields_of_lead(kit.sources[waiting.source], waiting)
        if isinstance(said, CrmRecord):
            fields = laid_over(fields, said.fields)
        refined, handling = settle_owner(kit, _refined(kit, waiting, fields), fields, said)
        claimed = fields.owner_claimed
        if before is None and claimed:  # an earlier version may have believed it
            before = kit.store.handling([waiting.lead_id]).get(waiting.lead_id)
        if before is not None and not _is_handed_on(kit, refined, before, handling, claimed):
            return Retry(_HICCUP, why="refine.overtaken", counts=False)
    except LeadlineError as error:
        return Drop("lead.not_understood", error.detail)
    except Exception as error:
        log.exception("refine.failed", extra={"lead": claim.task.lead_id})
        return again(kit, claim, type(error).__name__)
    if refined.status != "refined":
        return Done(refined=refined)
    return Done(
        refined=refined,
        match_keys=match_keys(refined),
        handling=handling,
        then=_what_follows(kit, refined, told),
        later=_what_follows_later(kit, refined, said),
    )


def _is_handed_on(
    kit: Kit, lead: RefinedLead, before: Handling, made: Handling | None, claimed: str | None
) -> bool:
    """Give a lead that is refined anew the owner whom this refinement found, if it had none, or
    none but whom the sender *claimed*; False when somebody else changed it meanwhile."""
    if before.owner is None:
        if made is None or made.owner is None:
            return True
    elif not _is_only_claimed(before, claimed):
        return True
    made = made or Handling()
    after = msgspec.structs.replace(
        before,
        owner=made.owner,
        ownership=made.ownership,
        crm_owner=made.crm_owner or before.crm_owner,
    )
    note = "owner.found" if made.owner else "owner.not_believed"
    return kit.store.handle(lead.lead_id, before, after, note=note)


def _is_only_claimed(before: Handling, claimed: str | None) -> bool:
    """Whether a lead's owner is the sender's word alone, which earlier versions believed."""
    if not claimed or before.owner is None:
        return False
    if claimed not in (before.owner.id, before.owner.email):  # as `person_named` took it
        return False
    return not before.crm_owner and before.claimed_by != before.owner


def _ask_again(claim: Claim, said: Told | None) -> Retry | None:
    """Wait a moment for a CRM that asks for a pause or had a hiccup; an alert waits for it no
    longer, since it can be corrected."""
    match said:
        case NotAsked(after=after, words=words) if after <= _PATIENCE and claim.attempt <= _ASKED:
            return Retry(after, why=words, counts=False)
        case Silent(words=words) if claim.attempt == 1:
            return Retry(_HICCUP, why=words, counts=False)
    return None


def _what_follows(kit: Kit, lead: RefinedLead, told: Sequence[Alert]) -> tuple[Task, ...]:
    """Whom to tell now: the channels that the rules say, and those that told of it before show it
    anew. One for which a fallback has told keeps silent (`alerts.notices`)."""
    names = channels_for(kit, lead)
    knowing = {alert.channel for alert in told if alert.step is Step.NOTIFY}
    tasks = [Task(Step.NOTIFY, lead.lead_id, name) for name in names if name not in knowing]
    tasks += [Task(Step.UPDATE, lead.lead_id, name) for name in sorted(knowing)]
    connected = kit.crms.get(lead.received_from) if kit.crms else None
    if connected and connected.config.write and lead.lead_details.crm_record:
        tasks.append(Task(Step.WRITE_BACK, lead.lead_id, lead.received_from))
    return tuple(tasks)


def _what_follows_later(kit: Kit, lead: RefinedLead, said: Told | None) -> tuple[Later, ...]:
    """What to look at again: the owner, while there is none, the record, while it was not seen, and
    whether somebody responds."""
    later: list[Later] = []
    missing = (Ownership.UNASSIGNED, Ownership.UNKNOWN)
    pause = kit.look_ups.after(timedelta())
    unseen = said is not None and not isinstance(said, CrmRecord)
    if said is not None and pause and (unseen or lead.lead_details.ownership in missing):
        later.append(Later(Task(Step.LOOK_UP, lead.lead_id), pause))
    if kit.targets.targets and (steps := kit.targets.steps(lead)):
        wait = max(steps[0] - lead.processed_at, timedelta())
        later.append(Later(Task(Step.CLOCK, lead.lead_id), wait))
    return tuple(later)


def fields_of_lead(source: Source, waiting: Waiting) -> LeadFields:
    """The fields of the lead, with those of updates that came while it waited laid over them, and
    with the notes on how their text was read.

    Raises NotUnderstood when the event says nothing that makes a lead.
    """
    fields = source.believed_fields(waiting.raw)
    if waiting.updates:
        fields = laid_over(fields, *_said_by(source, waiting.updates))
    notes = NOTES.intersection(" ".join(waiting.whys).split()) if any(waiting.whys) else ()
    if notes:
        fields = msgspec.structs.replace(fields, suspicions=(*fields.suspicions, *sorted(notes)))
    return fields


def _said_by(source: Source, updates: Iterable[bytes]) -> Iterator[LeadFields]:
    for raw in updates:
        try:
            yield source.believed_fields(raw)
        except LeadlineError:
            continue  # an update that says nothing changes nothing


def laid_over(fields: LeadFields, *news: LeadFields) -> LeadFields:
    """The fields of a lead with what is said of it now, the newest last; what is not said stays.
    However many say something, each is looked at once."""
    latest: dict[str, Any] = {}
    custom = dict(fields.custom)
    for one in news:
        said = msgspec.structs.asdict(one)
        custom.update(said.pop("custom"))
        latest.update((name, value) for name, value in said.items() if value)
    return msgspec.structs.replace(fields, **latest, custom=custom)


def _link_to_first_seen(kit: Kit, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Give each refined lead the first lead that shares an e-mail or phone with it, if any."""
    keys = [k for o in outcomes if isinstance(o, Done) for k in o.match_keys.values()]
    seen = dict(kit.store.first_seen(keys))
    linked: list[Outcome] = []
    for outcome in outcomes:
        if isinstance(outcome, Done) and outcome.refined is not None:
            lead = outcome.refined
            first = _earliest(lead, outcome.match_keys, seen)
            if first is not None:
                lead = msgspec.structs.replace(lead, duplicate_of=first)
                outcome = msgspec.structs.replace(outcome, refined=lead)
            for key in outcome.match_keys.values():
                seen.setdefault(key, FirstSeen(lead.lead_id, lead.captured_at, ()))
        linked.append(outcome)
    return linked


def _earliest(
    lead: RefinedLead, keys: Mapping[str, bytes], seen: Mapping[bytes, FirstSeen]
) -> FirstSeen | None:
    """Of the other leads that own one of the keys, the one captured first, and what matched."""
    hits = {name: seen[key] for name, key in keys.items() if key in seen}
    others = {name: hit for name, hit in hits.items() if hit.lead_id != lead.lead_id}
    if not others:
        return None
    first = min(others.values(), key=lambda hit: hit.captured_at)
    matched = tuple(name for name, hit in others.items() if hit.lead_id == first.lead_id)
    return msgspec.structs.replace(first, matched=matched)
