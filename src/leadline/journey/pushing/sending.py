"""Telling ad networks: the due tasks of a network are planned, sent together, and remembered.

A worker may die between the network's answer and our note of it: the next one sends the same event
with the same id, which the network counts once.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from leadline.journey.pushing.consenting import Withheld
from leadline.journey.pushing.planning import PushPlan, plans
from leadline.journey.pushing.remembering import remember
from leadline.kit import Kit, exhausted, retry_or_drop, settle
from leadline.model.facts.conversions import Stage
from leadline.model.task import Done, Drop, Lease, Outcome, Retry, Step
from leadline.ports.ad_network import Conversion, PushAnswer, Received, Rejected
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.pacing_keys import push_key

log = logging.getLogger(__name__)

NO_NETWORK = "push.not_connected"
WITHHELD = "push.withheld"
"""The timeline note on a lead of which an ad network is not told; the detail says which and why."""
_MAY_PASS = (Withheld.LIST_UNREAD, Withheld.FAILED)
_MOST_LEADS = 100
_APART = timedelta(minutes=1)
"""Leads of a batch for which there was no time come again within this time, not all together: else
the same batch would be divided again and again, and never end."""
_SEND_BY = 0.5
"""The share of a lease after which nothing more is sent, nor after the timeout of one request."""


def push_due(kit: Kit, name: str) -> timedelta | None:
    """Tell the ad network *name* of the leads that are due, as many as one request holds.

    Returns None if nothing is due, zero after a batch, else how long to wait.
    """
    if not kit.store.count_due(Step.PUSH, name):
        return None
    config = kit.outcomes.get(name)
    if config is None:
        leases = kit.store.lease(Step.PUSH, _MOST_LEADS, kit.lease_duration, name)
        missing = Drop(NO_NETWORK, f"there is no [outcomes.{name}]; put it back and replay")
        settle(kit, leases, [missing] * len(leases))
        return timedelta()
    if wait := kit.store.reserve(push_key(name), timedelta(seconds=1 / config.per_second)):
        return wait
    most = min(_MOST_LEADS, kit.ad_networks[name].batch // len(Stage))
    leases = kit.store.lease(Step.PUSH, most, kit.lease_duration, name)
    settle(kit, leases, _Batch(kit, name).outcomes(leases))
    return timedelta()


class _Case:
    """A lead of the batch: what is still to be sent of it, what was received, and its outcome if
    that is not decided by what the network says of its conversions."""

    def __init__(self, lease: Lease, plan: PushPlan) -> None:
        self.lease, self.plan = lease, plan
        self.todo = list(plan.due)
        self.received: list[tuple[Conversion, Received]] = []
        self.refused: Refused | None = None
        self.outcome: Outcome | None = None

    def end(self) -> Outcome:
        """The outcome of the task."""
        if self.outcome is not None:
            return self.outcome
        if self.refused is not None:
            return Drop(self.refused.reason, self.refused.words)
        return Done()


class _Batch:
    """The tasks that were leased together."""

    def __init__(self, kit: Kit, name: str) -> None:
        self.kit, self.name = kit, name
        self.network = kit.ad_networks[name]
        timeout = kit.outcomes[name].timeout
        self.until = kit.clock() + min(timeout, kit.lease_duration * _SEND_BY)
        self.is_paused = False
        self.asked = 0

    def outcomes(self, leases: Sequence[Lease]) -> list[Outcome]:
        """The outcome of each lease, in order."""
        ends = [exhausted(self.kit, lease) for lease in leases]
        alive = [c.task.lead_id for c, end in zip(leases, ends, strict=True) if end is None]
        found = plans(self.kit, self.name, alive) if alive else {}
        cases = {i: _Case(c, found[i]) for c in leases if (i := c.task.lead_id) in found}
        self._send([one for one in cases.values() if one.todo])
        remember(
            self.kit,
            self.name,
            [(one.plan, one.received) for one in cases.values() if one.received],
        )
        return [
            end if end is not None else self._end(cases[lease.task.lead_id])
            for lease, end in zip(leases, ends, strict=True)
        ]

    def _end(self, case: _Case) -> Outcome:
        return case.end() if case.plan.due else self._without(case, case.plan.why)

    def _without(self, case: _Case, why: Withheld | None) -> Outcome:
        """The outcome of a lead of which nothing is sent, or nothing more."""
        if why in _MAY_PASS:
            return retry_or_drop(self.kit, case.lease, f"push.{why.name.lower()}")
        return Done(note=WITHHELD, detail=f"{self.name}: {why}") if why else Done()

    def _send(self, cases: Sequence[_Case]) -> None:
        """Send all conversions of these leads in one request, or in more if the network takes none
        because of some."""
        if not cases or not self._is_time(cases):
            return
        if self.asked and not (cases := self._still_due(cases)):
            return
        flat = [(case, one) for case in cases for one in case.todo]
        answer = self._ask([one for _, one in flat])
        if isinstance(answer, Rejected):
            self._send_without(cases, {id(flat[i][0]) for i in answer.places}, answer)
        elif isinstance(answer, Busy | Unreachable | Refused):
            for case in cases:
                case.outcome = self._without_answer(case.lease, answer)
        else:
            for (case, one), told in zip(flat, answer, strict=True):
                self._take(case, one, told)

    def _still_due(self, cases: Sequence[_Case]) -> list[_Case]:
        """Those of these leads that may still be sent: the request before may have taken long."""
        now = plans(self.kit, self.name, [one.lease.task.lead_id for one in cases])
        left: list[_Case] = []
        for case in cases:
            plan = now[case.lease.task.lead_id]
            due = {one.stage for one in plan.due}
            case.todo = [one for one in case.todo if one.stage in due]
            if case.todo:
                left.append(case)
            elif case.refused is None:
                case.outcome = self._without(case, plan.why)
        return left

    def _take(self, case: _Case, one: Conversion, told: Received | Refused) -> None:
        if isinstance(told, Received):
            case.received.append((one, told))
        else:
            case.refused = case.refused or told

    def _send_without(self, cases: Sequence[_Case], bad: set[int], said: Rejected) -> None:
        """Send what the network did not take because of others: apart from those it names, or by
        halves until it is clear which they are."""
        if len(cases) == 1:
            self._send_singly(cases[0], said)
            return
        if bad and len(bad) < len(cases):
            groups = [[one for one in cases if id(one) not in bad]]
            groups += [[one] for one in cases if id(one) in bad]
        else:
            middle = len(cases) // 2
            groups = [list(cases[:middle]), list(cases[middle:])]
        for group in groups:
            self._send(group)

    def _send_singly(self, case: _Case, said: Rejected) -> None:
        """Send one lead's stages one by one, and none after one that is refused."""
        if len(case.todo) == 1:
            case.refused = Refused(said.reason, said.words)
            return
        todo = case.todo
        for one in todo:
            case.todo = [one]
            self._send([case])
            if case.refused is not None or case.outcome is not None:
                return

    def _ask(self, conversions: Sequence[Conversion]) -> PushAnswer:
        self.asked += 1
        try:
            answer = self.network.send(conversions)
        except Exception as error:  # a bug in an adapter must not lose the batch
            log.exception("push.failed", extra={"channel": self.name})
            return Unreachable(f"push.{type(error).__name__}")
        if isinstance(answer, Busy):
            self.is_paused = True
            self.kit.store.pause(push_key(self.name), self.kit.clock() + answer.after)
        return answer

    def _without_answer(self, lease: Lease, answer: Busy | Unreachable | Refused) -> Outcome:
        """The outcome if nothing is known of the conversions. A refusal of all requests (such as a
        token that ended) can be fixed by the operator, so it is retried."""
        again = partial(retry_or_drop, self.kit, lease)
        match answer:
            case Busy(after=after):
                return Retry(after, why="push.busy", counts=False)
            case Unreachable(words=words):
                return again(words)
            case Refused(reason=reason, words=words):
                return again(f"{reason} {words}".rstrip())

    def _is_time(self, cases: Sequence[_Case]) -> bool:
        """Whether there is time to send; else these leads come again, and nothing has failed."""
        if not self.is_paused and self.kit.clock() < self.until:
            return True
        for one in cases:
            after = timedelta() if self.is_paused else _APART * self.kit.chance()
            one.outcome = Retry(after, why="push.no_time", counts=False)
        return False
