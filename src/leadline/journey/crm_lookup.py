"""Asking CRMs about leads, in batches and within the lease. A CRM that fails is not asked again."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from leadline.kit import Connected, Kit
from leadline.model.batches import batched
from leadline.ports.crm import CrmRecord, NotYet
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.store import Waiting, reading_place

log = logging.getLogger(__name__)

_LONGEST_SHARE = 0.4
"""The share of a lease after which no further batch is asked for."""
_SHORTEST_PAUSE = timedelta(seconds=1)


class Silent(msgspec.Struct, frozen=True):
    """The CRM gave no answer about the lead because it is down or refuses; `words` says why."""

    words: str


class NotAsked(msgspec.Struct, frozen=True):
    """The CRM was not asked, for lack of time or because it wants a pause; ask again `after`."""

    after: timedelta
    words: str


Told = CrmRecord | NotYet | Silent | NotAsked
"""A CRM's answer about one lead."""


def ask(kit: Kit, leads: Mapping[str, Waiting]) -> Mapping[str, Told]:
    """The CRMs' answers about these leads, by lead id. Leads without a record, or whose source has
    no CRM with `look_up`, are left out."""
    by_source: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for lead_id, lead in leads.items():
        connected = kit.crms.get(lead.source) if kit.crms else None
        if connected is not None and connected.config.look_up and lead.record:
            by_source[lead.source].setdefault(lead.record, []).append(lead_id)
    until = kit.clock() + kit.lease * _LONGEST_SHARE
    told: dict[str, Told] = {}
    for source, ids in by_source.items():
        connected = kit.crms[source]
        end: Silent | NotAsked | None = _pause_of(kit, source)
        for records in batched(ids, max(connected.crm.batch, 1)):
            if end is None and kit.clock() >= until:
                end = NotAsked(timedelta(), "crm.no_time")
            answers: Mapping[str, Told] = {}
            if end is None:
                answers, end = _read(kit, source, connected, records)
            for record in records:
                answer = answers.get(record, end or NotYet())
                told |= dict.fromkeys(ids[record], answer)
    return told


def _pause_of(kit: Kit, source: str) -> NotAsked | None:
    """What is left of the pause that the CRM asked for; None if there is none. Writes to the store
    only if the CRM asked for a pause before."""
    place = reading_place(source)
    if not kit.store.trouble(place).failures:
        return None
    if wait := kit.store.reserve(place, timedelta()):
        return NotAsked(wait, "crm.busy")
    kit.store.fared(place, well=True)
    return None


def _read(
    kit: Kit, source: str, connected: Connected, records: Sequence[str]
) -> tuple[Mapping[str, Told], Silent | NotAsked | None]:
    """Read one batch: the answer for each record, and why no further batch must be asked for (None:
    go on)."""
    try:
        reply = connected.crm.read(records)
    except Exception as error:  # an adapter's own mistake must not keep a lead from its alert
        log.exception("crm.failed", extra={"source": source})
        return {}, Silent(f"crm.{type(error).__name__}")
    match reply:
        case Busy(after=after):
            after = max(after, _SHORTEST_PAUSE)
            kit.store.hold(reading_place(source), kit.clock() + after)
            kit.store.fared(reading_place(source), well=False)
            return {}, NotAsked(after, "crm.busy")
        case Unreachable(words=words):
            log.warning("crm.unreachable", extra={"source": source, "error": words})
            return {}, Silent(words)
        case Refused(reason=reason):
            log.error("crm.refused", extra={"source": source, "reason": reason})
            return {}, Silent(reason)
    told: dict[str, Told] = {
        record: Silent(said.reason) if isinstance(said, Refused) else said
        for record, said in reply.items()
    }
    if not connected.crm.knows_owners:
        told = {record: _believed(kit, source, said) for record, said in told.items()}
    return told, None


def _believed(kit: Kit, source: str, said: Told) -> Told:
    """The answer of a CRM that knows no owners. Its fields are what a visitor wrote into a form, so
    an owner in them is trusted only if the source's deliveries are trusted to name one."""
    sender = kit.sources[source]
    if not isinstance(said, CrmRecord) or sender.trusts_owners:
        return said
    named = said.fields.owner or (said.owner.shown if said.owner else None)
    fields = sender.believed(msgspec.structs.replace(said.fields, owner=named))
    return msgspec.structs.replace(said, fields=fields, owner=None)
