"""The back half: due leads are claimed, refined and settled.

`refine_due` is one turn of a worker's wheel; a worker turns it for ever, a Lambda once per batch.
What follows a refined lead (`deliver.sending`) is a task of its own.
"""

import logging
from collections.abc import Mapping, Sequence

import msgspec

from leadline.attempts import again, exhausted, settle
from leadline.errors import LeadlineError
from leadline.kit import Kit
from leadline.lead import Claim, FirstSeen, LeadFields, RefinedLead, Step, Task
from leadline.outcome import Done, Drop, Outcome
from leadline.ports import Waiting
from leadline.refine import About, match_keys, refine
from leadline.sources import Source

log = logging.getLogger(__name__)


def refine_due(kit: Kit, limit: int = 100) -> int:
    """Refine up to *limit* due leads; returns how many were claimed."""
    claims = kit.store.claim(Step.REFINE, limit, kit.lease)
    if not claims:
        return 0
    waiting = kit.store.waiting([c.task.lead_id for c in claims])
    outcomes = [_refine_one(kit, c, waiting.get(c.task.lead_id)) for c in claims]
    settle(kit, claims, _link_to_first_seen(kit, outcomes))
    return len(claims)


def preview(kit: Kit, waiting: Waiting) -> RefinedLead:
    """What a lead would become now, with nothing stored.

    Raises NotUnderstood when the event says nothing that makes a lead.
    """
    source = kit.sources[waiting.source]
    about = About(
        lead_id=waiting.lead_id,
        captured_at=waiting.captured_at,
        processed_at=kit.clock(),
        received_from=waiting.source,
        region=source.config.country or kit.region,
    )
    return refine(_fields(source, waiting), about)


def _refine_one(kit: Kit, claim: Claim, waiting: Waiting | None) -> Outcome:
    """The outcome of one lead; whatever goes wrong is this lead's own affair."""
    if waiting is None:
        return Drop("lead.missing", "the archive has no raw lead of this id")
    if (end := exhausted(kit, claim)) is not None:
        return end
    try:
        refined = preview(kit, waiting)
    except LeadlineError as error:
        return Drop("lead.not_understood", error.detail)
    except Exception as error:
        log.exception("refine.failed", extra={"lead": claim.task.lead_id})
        return again(kit, claim, type(error).__name__)
    if refined.status != "refined":
        return Done(refined=refined)
    then = tuple(Task(Step.NOTIFY, claim.task.lead_id, channel) for channel in kit.channels)
    return Done(refined=refined, match_keys=match_keys(refined), then=then)


def _fields(source: Source, waiting: Waiting) -> LeadFields:
    """The fields of the lead, with those of updates that came while it waited laid over them."""
    fields = source.fields(waiting.raw)
    for raw in waiting.updates:
        try:
            said = msgspec.structs.asdict(source.fields(raw))
        except LeadlineError:
            continue  # an update that says nothing changes nothing
        custom = {**fields.custom, **said.pop("custom")}
        news = {name: value for name, value in said.items() if value}
        fields = msgspec.structs.replace(fields, **news, custom=custom)
    return fields


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
