"""Carrying out outcomes of tasks on AWS: each task by itself, in one transaction."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import sleep

import msgspec

from leadline.model.formats import key_of, refined_document, refined_head
from leadline.model.lead import RefinedLead
from leadline.model.task import Done, Drop, Later, Lease, Retry, Step, Task
from leadline.net.aws.calls import AwsFailed
from leadline.net.aws.pauses import pauses
from leadline.ports.store import Settlement
from leadline.stores.aws.base import Contested, changed, log
from leadline.stores.aws.capture.documents import read_document
from leadline.stores.aws.items import (
    LeadItem,
    TaskItem,
    TaskState,
    further_of,
    lead_of,
)
from leadline.stores.aws.keys import handling_key, lead_key, task_key
from leadline.stores.aws.parallel import in_parallel
from leadline.stores.aws.people.recognition import AwsRecognition, Overtaken
from leadline.stores.aws.summaries import summary_of
from leadline.stores.aws.table import Delete, Key, Put, Stale, Write
from leadline.stores.aws.values import Item
from leadline.stores.aws.work.assigning import AwsAssigning
from leadline.stores.aws.work.attempt import Attempt
from leadline.stores.aws.work.attempts import AwsAttempts
from leadline.stores.aws.work.handling import first_handling, with_owner_shown
from leadline.stores.aws.work.late import entry_writes, task_writes
from leadline.stores.aws.work.outcomes import (
    dropped,
    ends_with_an_alert,
    is_of,
    makes_a_lead,
    retried,
    state_writes,
    with_alert,
    with_dead_letter,
)
from leadline.stores.aws.work.putting import schedule, wakeups_of
from leadline.stores.deciding import TurnFailed, given_up

_MOST_ROUNDS = 20
_REFUSED = frozenset(("ValidationException", "SerializationException", "EntityTooLarge"))
"""Error codes for a request that is wrong, rather than for a failure of AWS."""
_AFTER_REFUSAL = timedelta(minutes=1)
_MOST_REFUSALS = 25
_MOST_CONFLICTS = 40
"""So often the leads of one batch may lose to others who give out leads of a team: some 20 s."""
# The seconds that are left for putting off the leads of a batch that others were faster for, and
# after a random part of which time a lead that lost so often is tried again.
_SPARE_S, _AFTER_CONFLICTS_S = 2.0, (5, 30)


class AwsSettling(AwsRecognition, AwsAssigning, AwsAttempts):
    """The second half of `ports.store.Queue`: settling."""

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """See `ports.store.Queue.settle`."""
        self.recent.batch = {one.lease.task.lead_id for one in settlements}
        self.recent.conflicts_left = _MOST_CONFLICTS
        # Refinements of one person must see each other, so they are settled in order.
        if len(settlements) < 2 or any(makes_a_lead(s) for s in settlements):
            done = [self._settle_alone(one) for one in settlements]
        else:
            done = in_parallel(self._settle_alone, settlements)
        self._keep_attempts(settlements)
        return done

    def _settle_alone(self, one: Settlement) -> bool:
        """Settle one task. If AWS refuses to give or store this lead's data, only this task fails:
        it is retried, and becomes a dead letter in the end."""
        task, outcome = one.lease.task, one.outcome
        refused = self.recent.refused.get(task.lead_id)
        if (
            refused
            and isinstance(outcome, Drop)
            and outcome.reason == "lead.missing"
            and one.lease.failures < _MOST_REFUSALS
        ):
            return self._refused(one, refused)
        try:
            return self._settle(one)
        except TurnFailed as error:
            return self._settle(Settlement(one.lease, given_up(one.lease, error)))
        except AwsFailed as error:
            if error.code not in _REFUSED:
                raise
            log.error("settle.refused", extra={"lead": task.lead_id, "error": str(error)})
            return self._refused(one, error.code)

    def _refused(self, one: Settlement, code: str) -> bool:
        """Retry the task later; returns False, since its outcome was not carried out."""
        pause = _AFTER_REFUSAL * (one.lease.failures + 1)
        self._settle(Settlement(one.lease, Retry(pause, why=f"storage.{code}")))
        return False

    def _settle(self, one: Settlement) -> bool:
        attempt = Attempt()
        for pause in pauses(_MOST_ROUNDS):
            if attempt.lost_turn and not self._waits(pause):
                break
            carried_out = self._try(one, attempt)
            if carried_out is not None:
                return carried_out
        if attempt.lost_turn:
            return self._try_later(one.lease)
        raise Contested(one.lease.task.lead_id)

    def _waits(self, pause: float) -> bool:
        """Wait after another worker of the team was faster, at random, or they would collide again
        and again; False if leads of this batch have lost too often, or the time ends in which their
        tasks can be put off."""
        self.recent.conflicts_left -= 1
        if self.recent.conflicts_left < 0 or self.table.seconds_left() - pause < _SPARE_S:
            return False
        sleep(pause)
        return True

    def _try_later(self, lease: Lease) -> bool:
        """Let a lead wait for which others were faster so often; returns False, since its outcome
        was not carried out. It is no failure of the lead."""
        pause = timedelta(seconds=random.uniform(*_AFTER_CONFLICTS_S))
        self._settle(Settlement(lease, Retry(pause, why="team.contested", counts=False)))
        return False

    def _try(self, one: Settlement, attempt: Attempt) -> bool | None:
        """Whether the outcome was carried out; None: an item was not as assumed, so try again."""
        task = one.lease.task
        lead, further = self._holders(task, fresh=attempt.failed)
        state = further.task if further else lead.task if lead else None
        if task.step is not Step.REFINE and further is None:
            return False
        if lead is None or state is None or not is_of(one.lease, state):
            self._leave_early(task.lead_id, lead)
            return False
        try:
            if attempt.overtaken:
                self._give_back(lead, further)
                return False
            self._carry_out(one, lead, further, state, attempt)
        except Stale as stale:
            attempt.learn(stale, one.outcome)
            return None
        except Overtaken:
            attempt.failed = attempt.overtaken = True
            return None
        except AwsFailed as error:
            if not attempt.is_lost_turn(error, one.outcome):
                raise
            return None
        finally:
            self.recent.leads.pop(task.lead_id, None)
            self.recent.tasks.pop(task_key(task), None)
        self.recent.early.pop(task.lead_id, None)
        return True

    def _holders(self, task: Task, *, fresh: bool) -> tuple[LeadItem | None, TaskItem | None]:
        """The lead, and the item of its task if that is a later task."""
        if task.step is Step.REFINE:
            known = None if fresh else self.recent.leads.get(task.lead_id)
            return known or self._lead(task.lead_id), None
        keys = [lead_key(task.lead_id), task_key(task)]
        here, leased = self.recent.leads.get(task.lead_id), self.recent.tasks.get(keys[1])
        if here is not None and leased is not None and not fresh:
            return here, leased  # if they have changed since, writing them fails
        items = self.table.get_all(keys)
        lead, further = items.get(keys[0]), items.get(keys[1])
        return lead_of(lead) if lead else None, further_of(further) if further else None

    def _carry_out(
        self,
        one: Settlement,
        lead: LeadItem,
        further: TaskItem | None,
        state: TaskState,
        attempt: Attempt,
    ) -> None:
        now = self.clock()
        task = one.lease.task
        match one.outcome:
            case Done(turn=None) as done:
                self._done(task, done, lead, further, now, attempt)
            case Done(turn=turn) if turn is not None:
                done, documents = self._finish(turn)
                if done.handling is not None and self._is_handled(lead, attempt):
                    raise Overtaken
                self._done(task, done, lead, further, now, attempt, documents)
            case Retry() as retry:
                failures = one.lease.failures + int(retry.counts)
                later = retried(state, task.step, retry, failures, now)
                noted = lead.note(now, f"{task.step}.failed", retry.why) if retry.counts else lead
                self.table.write_all(state_writes(noted, further, later, noted is not lead))
            case Drop() as drop:
                noted = with_dead_letter(lead, task, drop.reason, now)
                back = self._taking_back(lead) if further is None and not lead.summary else []
                ended = state_writes(noted, further, dropped(state, drop, now), True)
                self.table.write_all([*ended, *back])
                if back:
                    self._succeed(lead.lead_id)
                self._report_dead_letter(task, lead, drop.reason)

    def _done(
        self,
        task: Task,
        done: Done,
        lead: LeadItem,
        further: TaskItem | None,
        now: datetime,
        attempt: Attempt,
        documents: Sequence[Write] = (),
    ) -> None:
        follow_ups = [*map(Later, done.then), *done.later]
        new = lead.note(now, done.note, done.detail) if done.note else lead
        if done.refined is not None:
            new = self._refined(new, done.refined, follow_ups, attempt)
        new = with_alert(new, task, done.alert)
        writes = list(documents)
        if done.handling is not None and not self._is_handled(lead, attempt):
            writes += first_handling(lead.lead_id, done.handling)
            new = with_owner_shown(new, done.handling)
        there = self._there(follow_ups, lead, attempt)
        if further is None:
            new = changed(new, task=None)
        elif all(task_key(one.task) != task_key(task) for one in follow_ups):
            writes.append(Delete(task_key(task), further.rev))
            writes += entry_writes(task, further.task, None)
        new, puts = schedule(new, follow_ups, there, now, task)
        if new != lead:
            writes += task_writes(lead, new, [Put(new.item(), lead.rev)])
        again = attempt.failed or lead.attempts > 1  # an earlier worker may have got so far
        if done.refined is not None:
            writes += self._recognition(done, lead, attempt.taken, exact=again)
        if ends_with_an_alert(done, further, [*writes, *puts]):
            self.table.write_in_turn(reversed(writes))
        else:
            self.table.write_all([*writes, *puts], _SPARE_S if documents else 0.0)
        self._send_wakeups(wakeups_of(lead, follow_ups, now))
        if done.refined is not None and (lead.summary is not None or again):
            self._hand_on_cluster(lead, done)

    def _refined(
        self,
        lead: LeadItem,
        refined: RefinedLead,
        follow_ups: Sequence[Later],
        attempt: Attempt,
    ) -> LeadItem:
        """The lead with its refinement; the document is stored first."""
        if attempt.stored is None or attempt.stored[0] != refined:
            attempt.stored = refined, self._store(refined)
        _, version = attempt.stored
        tell = {one.task.channel for one in follow_ups if one.task.step is Step.NOTIFY}
        summary = summary_of(refined, len(tell), version)
        if lead.summary is not None:
            summary = msgspec.structs.replace(summary, owner_now=lead.summary.owner_now)
        return changed(lead, summary=summary).note(refined.processed_at, refined.status)

    def _there(
        self, follow_ups: Sequence[Later], lead: LeadItem, attempt: Attempt
    ) -> dict[Key, Item]:
        """The items of follow-up tasks that exist; a first refinement is assumed to have none."""
        keys = [task_key(one.task) for one in follow_ups if one.task.step is not Step.REFINE]
        if not keys or (lead.summary is None and not attempt.failed):
            return {}
        return self.table.get_all(keys)

    def _is_handled(self, lead: LeadItem, attempt: Attempt) -> bool:
        """Whether the lead has a handling, which it cannot have before its refinement."""
        if lead.summary is None and not attempt.failed:
            return False
        return self.table.get(handling_key(lead.lead_id)) is not None

    def _give_back(self, lead: LeadItem, further: TaskItem | None) -> None:
        holder: LeadItem | TaskItem = further or lead
        assert holder.task is not None  # noqa: S101 - the caller holds it
        task = msgspec.structs.replace(holder.task, leased=False, due_at=holder.task.put_at)
        free = msgspec.structs.replace(holder, task=task)
        self.table.write(Put(free.item(), holder.rev))

    def _store(self, refined: RefinedLead) -> str:
        """Store the refined document; its version tells it from that of a late worker."""
        raw = self.recent.raws.get(refined.lead_id)
        if raw is None:
            raw = self._raw_of(refined.lead_id, refined.captured_at)
        document = refined_document(refined_head(refined), raw)
        return self.bucket.put(key_of("refined", refined.lead_id, refined.captured_at), document)

    def _raw_of(self, lead_id: str, captured_at: datetime) -> bytes:
        key = key_of("raw", lead_id, captured_at)
        document = self.bucket.get(key)
        if document is None:
            raise AwsFailed(f"GetObject {key}", "NoSuchKey")
        return read_document(document).raw
