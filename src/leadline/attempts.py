"""What every attempt at a task has in common: its end, its next time, its log line."""

import logging
from collections.abc import Sequence

from leadline.kit import Kit
from leadline.lead import WORKER_DIED, Claim, Step
from leadline.outcome import Drop, Outcome, Retry
from leadline.ports import Settlement

log = logging.getLogger(__name__)


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
