"""Retrying dead letters, many at once: which there are, what a retry would do, and doing it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.kit import Kit
from leadline.model.lead import CapturedLead
from leadline.model.monitoring.event_notes import NOT_READ
from leadline.model.task import Step
from leadline.operations.repair import replay as replaying
from leadline.operations.repair.replay import Plan, Start
from leadline.ports.reading.ledger import DeadGroup, LeadFilter, Ledger
from leadline.ports.store import Archived

AT_ONCE = 200
"""How many leads are retried between two looks at whether to go on."""
MOST_TRIED = 1_000
"""Of how many leads it is found out beforehand what a retry would do."""

ReadAgain = Callable[[Archived], Sequence[CapturedLead]]
"""Reads an unreadable delivery again; raises LeadlineError if it still can't be read."""


class DeadReason(msgspec.Struct, frozen=True):
    """Dead letters of one reason, whatever their steps; `example` is the lead id of the newest."""

    reason: str
    steps: tuple[Step, ...]
    count: int
    first_at: datetime
    last_at: datetime
    example: str
    error: str


class DeadSelection(msgspec.Struct, frozen=True):
    """Dead letters: those of these leads, else those of a reason, else all."""

    reason: str = ""
    lead_ids: tuple[str, ...] = ()


class Expected(msgspec.Struct, frozen=True):
    """What a retry would do: how many leads it would do again out of `leads`, and how many it would
    leave, by why. With more than `MOST_TRIED` leads only the newest were looked at (`tried`)."""

    leads: int
    tried: int
    again: int
    left: Mapping[str, int]


def dead_reasons(groups: Sequence[DeadGroup]) -> list[DeadReason]:
    """The dead letters by reason, the most first."""
    found: dict[str, list[DeadGroup]] = {}
    for one in groups:
        found.setdefault(one.reason, []).append(one)
    reasons = [_reason(name, some) for name, some in found.items()]
    return sorted(reasons, key=lambda one: -one.count)


def _reason(name: str, groups: Sequence[DeadGroup]) -> DeadReason:
    newest = max(groups, key=lambda one: one.last_at)
    return DeadReason(
        reason=name,
        steps=tuple(dict.fromkeys(one.step for one in groups)),
        count=sum(one.count for one in groups),
        first_at=min(one.first_at for one in groups),
        last_at=newest.last_at,
        example=newest.example,
        error=newest.error,
    )


def dead_leads(ledger: Ledger, which: DeadSelection) -> Sequence[str]:
    """The ids of the leads with these dead letters, oldest first."""
    dead = LeadFilter(
        ids=which.lead_ids, reason=which.reason or None, dead=True, events=True, limit=1 << 40
    )
    return ledger.ids(dead)


def expected(kit: Kit, ledger: Ledger, which: DeadSelection, read: ReadAgain) -> Expected:
    """What a retry would do; nothing is changed."""
    ids = dead_leads(ledger, which)
    tried = ids[-MOST_TRIED:]
    left: Counter[str] = Counter()
    again = 0
    for todo in plans_of_dead(kit, ledger, tried, which.reason):
        unread = replaying.still_unreadable(kit.store, todo, read)
        left.update(todo.skipped.values())
        left.update(["it still can't be read"] * len(unread))
        again += todo.leads - len(unread)
    return Expected(len(ids), len(tried), again, left)


def retry(
    kit: Kit,
    ledger: Ledger,
    lead_ids: Sequence[str],
    reason: str,
    read: ReadAgain,
) -> Iterator[tuple[int, Plan]]:
    """Retry the dead letters of these leads (with a *reason* only those), slice by slice: how many
    leads of each slice are done again, and what was put back. It may be left after any slice, and
    begun again."""
    for start in range(0, len(lead_ids), AT_ONCE):
        some = lead_ids[start : start + AT_ONCE]
        for todo in plans_of_dead(kit, ledger, some, reason):
            yield replaying.carry_out(kit.store, todo, kit.clock(), read=read), todo


def plans_of_dead(kit: Kit, ledger: Ledger, ids: Sequence[str], reason: str) -> Iterator[Plan]:
    """Plans for the tasks that died, and for deliveries that could not be read."""
    unread = set(ledger.dead_tasks(ids, NOT_READ))
    others = [one for one in ids if one not in unread]
    routed = replaying.routed(kit)
    if others:
        dead = ledger.dead_tasks(others, reason or None)
        yield replaying.plan(kit.store, kit.sources, routed, others, Start.DEAD, dead)
    if unread:
        again = [one for one in ids if one in unread]
        yield replaying.plan(kit.store, kit.sources, routed, again, Start.CAPTURE)
