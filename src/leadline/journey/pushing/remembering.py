"""Remembering what ad networks were told: with the lead, on its timeline, and in the audit log."""

import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec

from leadline.journey.pushing.planning import PushPlan
from leadline.kit import Kit
from leadline.model.facts.conversions import Pushed, without_digests
from leadline.model.handling import UNHANDLED
from leadline.model.lead import ERASED
from leadline.model.personal_data.privacy import AuditEntry
from leadline.ports.ad_network import Conversion, Received

log = logging.getLogger(__name__)

SENT = "push.sent"
"""The timeline note on a lead of which an ad network was told; the detail says which, of what."""
PUSHED = "outcomes.pushed"
"""The action in the audit log."""
_ROUNDS = 10

Told = tuple[PushPlan, Sequence[tuple[Conversion, Received]]]


def remember(kit: Kit, name: str, told: Sequence[Told]) -> None:
    """Store which stages of these leads the network *name* has received."""
    if not told:
        return
    now = kit.clock()
    for plan, received in told:
        pushed = [_pushed(kit, name, plan, one, got, now) for one, got in received]
        _keep(kit, name, plan, pushed)
    if kit.audit is not None:
        kit.audit.append([
            AuditEntry(
                at=now, actor="system", action=PUSHED, subject=plan.lead_id,
                detail=f"{name}: {', '.join(one.stage for one, _ in received)}",
            )
            for plan, received in told
        ])  # fmt: skip
    log.info("push.sent", extra={"channel": name, "count": sum(len(one) for _, one in told)})


def _pushed(
    kit: Kit, name: str, plan: PushPlan, one: Conversion, got: Received, now: datetime
) -> Pushed:
    consent = plan.consent
    return Pushed(
        stage=one.stage,
        at=one.at,
        sent_at=now,
        name=one.name,
        event_id=one.event_id,
        identifiers=" ".join(kit.ad_networks[name].identifiers(one.who)),
        digest=got.digest,
        code=got.code,
        value=one.value,
        currency=one.currency,
        consent=consent.source if consent else "",
        consent_at=consent.at if consent else None,
    )


def _keep(kit: Kit, name: str, plan: PushPlan, pushed: Sequence[Pushed]) -> None:
    """Add what was pushed to the lead's handling, whatever others change meanwhile."""
    before, lead_id = plan.handling, plan.lead_id
    detail = f"{name}: {', '.join(_in_words(one) for one in pushed)}"
    for _ in range(_ROUNDS):
        known = before.pushed.get(name, ())
        there = {one.stage for one in known}
        new = tuple(one for one in pushed if one.stage not in there)
        told = {**before.pushed, name: (*known, *new)}
        if before.gone == ERASED:  # while it was sent
            told = dict(without_digests(told))
        after = msgspec.structs.replace(before, pushed=told)
        if kit.store.handle(lead_id, before, after, note=SENT, detail=detail):
            return
        before = kit.store.handling([lead_id]).get(lead_id, UNHANDLED)
    log.error("push.not_remembered", extra={"lead": lead_id})


def _in_words(one: Pushed) -> str:
    worth = f" {one.value:g} {one.currency}" if one.value is not None else ""
    return f"{one.stage} as {one.name}{worth}"
