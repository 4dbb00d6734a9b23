"""What the back half works with; `wiring` is the only one that fills it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import msgspec

from leadline.model.lead import WORKER_DIED, RefinedLead
from leadline.model.links import Links
from leadline.model.people import Person
from leadline.model.retry import LookUpPolicy, RetryPolicy
from leadline.model.task import Claim, Drop, Outcome, Retry, Step
from leadline.ports.channel import Channel
from leadline.ports.clock import Clock
from leadline.ports.crm import Crm
from leadline.ports.source import Source
from leadline.ports.store import Settlement, Store
from leadline.settings.crm import AnyCrmConfig
from leadline.team.people import Team
from leadline.team.routing import Routes
from leadline.team.targets import Targets

log = logging.getLogger(__name__)


def _nobody(lead_id: str) -> None:
    """Nobody watches."""
    del lead_id


class Connected(msgspec.Struct, frozen=True):
    """A CRM with its settings."""

    crm: Crm
    config: AnyCrmConfig


class Kit(msgspec.Struct, frozen=True):
    """Adapters and policies.

    `chance` gives numbers in [0, 1) for jitter. `channels` are the destinations by name, of which
    `routes` choose; `crms` the CRMs by source. `region` is where phones without a country are from.
    `interactive` is whether pressed buttons reach us. `at_hand` is told which lead is refined now,
    "" when none is: should that never end, whoever watches knows which it was.
    """

    store: Store
    sources: Mapping[str, Source]
    channels: Mapping[str, Channel]
    clock: Clock
    chance: Callable[[], float]
    retry: RetryPolicy = RetryPolicy()
    lease: timedelta = timedelta(seconds=60)
    region: str = ""
    links: Links = Links()
    crms: Mapping[str, Connected] = {}
    routes: Routes = Routes()
    team: Team = Team()
    targets: Targets = Targets()
    look_ups: LookUpPolicy = LookUpPolicy()
    interactive: bool = False
    at_hand: Callable[[str], None] = _nobody


_MOST_DEATHS = 3
"""A refinement speaks to nobody (but a CRM, which has its time): one that did not end so often,
alone, never will, and each attempt costs a worker for as long as a lease."""


def exhausted(kit: Kit, claim: Claim) -> Drop | None:
    """The end of a task that failed too often already, as one that kills its workers does."""
    step, unfinished = claim.task.step, claim.error == WORKER_DIED
    most = kit.retry.attempts
    if unfinished and step is Step.REFINE:
        most = min(most, _MOST_DEATHS)
    if claim.failures < most:
        return None
    if not unfinished:
        return Drop(f"{step}.gave_up", claim.error)
    lease = f"{kit.lease.total_seconds():g} s"
    attempts = f"{claim.failures} attempt{'' if claim.failures == 1 else 's'}"
    words = (
        f"never finished within its lease of {lease}, in {attempts}; its worker died or was ended"
    )
    return Drop(f"{step}.never_finished", words)


def again(kit: Kit, claim: Claim, why: str) -> Retry | Drop:
    """Try later, or give up when it has been tried often enough."""
    pause = kit.retry.after(claim.failures + 1, kit.chance())
    if pause is None:
        return Drop(f"{claim.task.step}.gave_up", why)
    return Retry(pause, why=why)


def settle(kit: Kit, claims: Sequence[Claim], outcomes: Sequence[Outcome]) -> None:
    """Have the store carry the outcomes out, and say so in one log line each."""
    pairs = list(zip(claims, outcomes, strict=True))
    carried_out = kit.store.settle([Settlement(c, o) for c, o in pairs])
    if not log.isEnabledFor(logging.INFO):
        return
    now = kit.clock()
    for (claim, outcome), done in zip(pairs, carried_out, strict=True):
        what = type(outcome).__name__.lower() if done else "given_back"
        extra = {
            "lead": claim.task.lead_id,
            "attempt": claim.attempt,
            "late_s": round((now - claim.due_at).total_seconds(), 3),
        }
        if isinstance(outcome, Drop):
            extra["reason"] = outcome.reason
        log.info(f"{claim.task.step}.{what}", extra=extra)


def known(kit: Kit, person: Person) -> Person:
    """The person with what the team's table knows of them."""
    return kit.team.known(person) if kit.team.members else person


def next_person(kit: Kit, holder: Person | None) -> Person | None:
    """Who is told when *holder* does not respond."""
    if holder is None:
        return None
    member = kit.team.members.get(kit.team.name_of(holder))
    return kit.team.person(member.next) if member is not None and member.next else None


def channels_for(kit: Kit, lead: RefinedLead) -> tuple[str, ...]:
    """The channels that hear of a lead; all of them where nobody chose."""
    if not kit.routes.rules and not kit.routes.usual:
        return tuple(kit.channels)
    return tuple(n for n in kit.routes.channels(lead, kit.clock()) if n in kit.channels)
