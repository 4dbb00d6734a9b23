"""Asking CRMs about leads, in batches and within the lease.

Each CRM has a circuit breaker that all workers share: after an unanswered request no worker asks it
during a growing pause, then one worker at a time, until the CRM answers. Its leads continue without
an answer.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.kit import Kit
from leadline.model.batches import batched
from leadline.model.task import Lease
from leadline.ports.crm import CrmRecord, NotYet
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.pacing_keys import breaker_key, read_pacing_key
from leadline.ports.store import Waiting

log = logging.getLogger(__name__)

_LONGEST_SHARE = 0.4
"""The share of a lease after which no further batch is asked for."""
_SHORTEST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=1)
DOWN = "crm.down"
"""Why a CRM was not asked: earlier requests were not answered."""


class NoAnswer(msgspec.Struct, frozen=True):
    """The CRM gave no answer about the lead because it is down or refuses; `words` says why."""

    words: str


class NotAsked(msgspec.Struct, frozen=True):
    """The CRM was not asked, for lack of time or because it wants a pause; ask again `after`."""

    after: timedelta
    words: str


LookUpAnswer = CrmRecord | NotYet | NoAnswer | NotAsked
"""A CRM's answer about one lead."""


def apart(kit: Kit, leases: Sequence[Lease], leads: Mapping[str, Waiting]) -> list[list[Lease]]:
    """The leases grouped by the CRM to be asked, first those without one. If each group is settled
    before the next, no lead waits for another source's CRM."""
    groups: dict[str, list[Lease]] = {"": []}
    for lease in leases:
        lead = leads.get(lease.task.lead_id)
        groups.setdefault(asked_of(kit, lead) if lead else "", []).append(lease)
    return [group for group in groups.values() if group]


def asked_of(kit: Kit, lead: Waiting) -> str:
    """The source whose CRM is asked about the lead; "" if none is."""
    connected = kit.crms.get(lead.source) if kit.crms and lead.record else None
    return lead.source if connected is not None and connected.config.look_up else ""


def last_question(kit: Kit) -> datetime:
    """The time after which a worker that leases tasks now must not request another batch."""
    return kit.clock() + kit.lease_duration * _LONGEST_SHARE


def ask(
    kit: Kit, leads: Mapping[str, Waiting], until: datetime | None = None
) -> Mapping[str, LookUpAnswer]:
    """The CRMs' answers about these leads, by lead id. Leads without a record, or whose source has
    no CRM with `look_up`, are left out. No batch is requested after *until*, by default
    `last_question`."""
    by_source: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for lead_id, lead in leads.items():
        if lead.record and (source := asked_of(kit, lead)):
            by_source[source].setdefault(lead.record, []).append(lead_id)
    until = until or last_question(kit)
    told: dict[str, LookUpAnswer] = {}
    for source, ids in by_source.items():
        connected = kit.crms[source]
        end: NoAnswer | NotAsked | None = _pause_of(kit, source)
        failing = kit.store.health(breaker_key(source)).failures > 0
        if failing and end is None:
            end = _broken(kit, source)
        for records in batched(ids, max(connected.crm.batch, 1)):
            if end is None and kit.clock() >= until:
                end = NotAsked(timedelta(), "crm.no_time")
            answers: Mapping[str, LookUpAnswer] = {}
            if end is None:
                answers, end = _read(kit, source, records, failing=failing)
                failing = False
            for record in records:
                answer = answers.get(record, end or NotYet())
                told |= dict.fromkeys(ids[record], answer)
    return told


def _pause_of(kit: Kit, source: str) -> NotAsked | None:
    """What is left of the pause that the CRM asked for; None if there is none. Writes to the store
    only if the CRM asked for a pause before."""
    pacing_key = read_pacing_key(source)
    if not kit.store.health(pacing_key).failures:
        return None
    if wait := kit.store.reserve(pacing_key, timedelta()):
        return NotAsked(wait, "crm.busy")
    kit.store.record_attempt(pacing_key, succeeded=True)
    return None


def _broken(kit: Kit, source: str) -> NoAnswer | None:
    """Why a failing CRM is not asked now: its pause is not over, or another worker probes it."""
    probe = kit.crms[source].config.timeout + _SHORTEST_PAUSE
    return NoAnswer(DOWN) if kit.store.reserve(breaker_key(source), probe) else None


def _open_breaker(kit: Kit, source: str) -> None:
    """Pause requests to a failing CRM for 2 to the power of its failures in seconds, at most a
    minute, of which a random part of up to half is taken off."""
    pacing_key = breaker_key(source)
    failures = kit.store.record_attempt(pacing_key, succeeded=False).failures
    most = min(_LONGEST_PAUSE, timedelta(seconds=2.0 ** min(failures, 10)))
    kit.store.pause(pacing_key, kit.clock() + most * (0.5 + kit.chance() / 2))


def _read(
    kit: Kit, source: str, records: Sequence[str], *, failing: bool
) -> tuple[Mapping[str, LookUpAnswer], NoAnswer | NotAsked | None]:
    """Read one batch: the answer for each record, and why no further batch must be asked for (None:
    go on). *failing*: whether the CRM's last request was not answered."""
    connected = kit.crms[source]
    try:
        reply = connected.crm.read(records)
    except Exception as error:  # an adapter's own mistake must not keep a lead from its alert
        log.exception("crm.failed", extra={"source": source})
        return {}, NoAnswer(f"crm.{type(error).__name__}")
    if isinstance(reply, Unreachable):
        _open_breaker(kit, source)
    elif failing:
        kit.store.record_attempt(breaker_key(source), succeeded=True)
    match reply:
        case Busy(after=after):
            after = max(after, _SHORTEST_PAUSE)
            kit.store.pause(read_pacing_key(source), kit.clock() + after)
            kit.store.record_attempt(read_pacing_key(source), succeeded=False)
            return {}, NotAsked(after, "crm.busy")
        case Unreachable(words=words):
            log.warning("crm.unreachable", extra={"source": source, "error": words})
            return {}, NoAnswer(words)
        case Refused(reason=reason):
            log.error("crm.refused", extra={"source": source, "reason": reason})
            return {}, NoAnswer(reason)
    answers: dict[str, LookUpAnswer] = {
        record: NoAnswer(answer.reason) if isinstance(answer, Refused) else answer
        for record, answer in reply.items()
    }
    if not connected.crm.knows_owners:
        answers = {record: _believed(kit, source, answer) for record, answer in answers.items()}
    return answers, None


def _believed(kit: Kit, source: str, answer: LookUpAnswer) -> LookUpAnswer:
    """The answer of a CRM that knows no owners. Its fields are what a visitor wrote into a form, so
    an owner in them is trusted only if the source's deliveries are trusted to name one."""
    sender = kit.sources[source]
    if not isinstance(answer, CrmRecord) or sender.trusts_owners:
        return answer
    named = answer.fields.owner or (answer.owner.shown if answer.owner else None)
    fields = sender.believed(msgspec.structs.replace(answer.fields, owner=named))
    return msgspec.structs.replace(answer, fields=fields, owner=None)
