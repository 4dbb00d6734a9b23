"""Carrying out outcomes of tasks on AWS: each task by itself, in one transaction."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

import msgspec

from leadline.model.formats import key_of, refined_document, refined_head
from leadline.model.lead import RefinedLead
from leadline.model.task import Done, Drop, Later, Outcome, Retry, Step, Task
from leadline.net.aws.calls import AwsFailed
from leadline.ports.store import Settlement
from leadline.stores.aws.base import Contested, changed, log
from leadline.stores.aws.documents import read_document
from leadline.stores.aws.handling import first_handling, with_owner_shown
from leadline.stores.aws.items import (
    LeadItem,
    TaskItem,
    TaskState,
    further_of,
    lead_of,
    summary_of,
)
from leadline.stores.aws.keys import digest_key, handling_key, lead_key, task_key
from leadline.stores.aws.late import entry_writes, task_writes
from leadline.stores.aws.outcomes import (
    dropped,
    retried,
    state_writes,
    with_alert,
    with_dead_letter,
)
from leadline.stores.aws.parallel import in_parallel
from leadline.stores.aws.queue import schedule, wakeups_of
from leadline.stores.aws.recognition import AwsRecognition, Overtaken, link_writes
from leadline.stores.aws.table import Delete, Key, Put, PutIf, Stale, Write
from leadline.stores.aws.values import Item

_MOST_ROUNDS = 20
_REFUSED = frozenset(("ValidationException", "SerializationException", "EntityTooLarge"))
"""Error codes for a request that is wrong, rather than for a failure of AWS."""
_AFTER_REFUSAL = timedelta(minutes=1)
_MOST_REFUSALS = 25
_MINE_OR_FREE = "attribute_not_exists(pk) OR lead_id = :me"


class AwsSettling(AwsRecognition):
    """The second half of `ports.store.Queue`: settling."""

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """See `ports.store.Queue.settle`."""
        self.recent.batch = {one.lease.task.lead_id for one in settlements}
        # Refinements of one person must see each other, so they are settled in order.
        if len(settlements) < 2 or any(_makes_a_lead(s) for s in settlements):
            return [self._settle_alone(one) for one in settlements]
        return in_parallel(self._settle_alone, settlements)

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
        task = one.lease.task
        attempt = _Attempt()
        for number in range(_MOST_ROUNDS):
            lead, further = self._holders(task, fresh=number > 0)
            state = further.task if further else lead.task if lead else None
            if task.step is not Step.REFINE and further is None:
                return False
            if lead is None or state is None or state.dead_at:
                return False
            if not state.leased or state.attempt != one.lease.attempt:
                return False
            try:
                if attempt.overtaken:
                    self._give_back(lead)
                    return False
                self._carry_out(one, lead, further, state, attempt)
            except Stale as stale:
                attempt.learn(stale, one.outcome)
                continue
            except Overtaken:
                attempt.overtaken = True
                continue
            finally:
                self.recent.leads.pop(task.lead_id, None)
            return True
        raise Contested(task.lead_id)

    def _holders(self, task: Task, *, fresh: bool) -> tuple[LeadItem | None, TaskItem | None]:
        """The lead, and the item of its task if that is a later task."""
        if task.step is Step.REFINE:
            known = None if fresh else self.recent.leads.get(task.lead_id)
            return known or self._lead(task.lead_id), None
        keys = [lead_key(task.lead_id), task_key(task)]
        items = self.table.get_all(keys)
        lead, further = items.get(keys[0]), items.get(keys[1])
        return lead_of(lead) if lead else None, further_of(further) if further else None

    def _carry_out(
        self,
        one: Settlement,
        lead: LeadItem,
        further: TaskItem | None,
        state: TaskState,
        attempt: "_Attempt",
    ) -> None:
        now = self.clock()
        task = one.lease.task
        match one.outcome:
            case Done() as done:
                self._done(task, done, lead, further, now, attempt)
            case Retry() as retry:
                failures = one.lease.failures + int(retry.counts)
                later = retried(state, task.step, retry, failures, now)
                noted = lead.note(now, f"{task.step}.failed", retry.why) if retry.counts else lead
                self.table.write_all(state_writes(noted, further, later, noted is not lead))
            case Drop() as drop:
                noted = with_dead_letter(lead, task, drop.reason, now)
                self.table.write_all(state_writes(noted, further, dropped(state, drop, now), True))
                self._report_dead_letter(task, lead, drop.reason)

    def _done(
        self,
        task: Task,
        done: Done,
        lead: LeadItem,
        further: TaskItem | None,
        now: datetime,
        attempt: "_Attempt",
    ) -> None:
        follow_ups = [*map(Later, done.then), *done.later]
        new = lead.note(now, done.note) if done.note else lead
        if done.refined is not None:
            new = self._refined(new, done.refined, follow_ups, attempt)
        new = with_alert(new, task, done.alert)
        writes: list[Write] = []
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
        if done.refined is not None:
            writes += self._recognition(done, lead, attempt)
        self.table.write_all([*writes, *puts])
        self._send_wakeups(wakeups_of(lead, follow_ups, now))
        if done.refined is not None and lead.summary is not None:
            self._hand_on_cluster(lead, done)

    def _refined(
        self,
        lead: LeadItem,
        refined: RefinedLead,
        follow_ups: Sequence[Later],
        attempt: "_Attempt",
    ) -> LeadItem:
        """The lead with its refinement; the document is stored first."""
        if attempt.version is None:
            attempt.version = self._store(refined)
        tell = {one.task.channel for one in follow_ups if one.task.step is Step.NOTIFY}
        summary = summary_of(refined, len(tell), attempt.version)
        if lead.summary is not None:
            summary = msgspec.structs.replace(summary, owner_now=lead.summary.owner_now)
        return changed(lead, summary=summary).note(refined.processed_at, refined.status)

    def _there(
        self, follow_ups: Sequence[Later], lead: LeadItem, attempt: "_Attempt"
    ) -> dict[Key, Item]:
        """The items of follow-up tasks that exist already; at its first refinement a lead is
        assumed to have none."""
        keys = [task_key(one.task) for one in follow_ups if one.task.step is not Step.REFINE]
        if not keys or (lead.summary is None and not attempt.failed):
            return {}
        return self.table.get_all(keys)

    def _is_handled(self, lead: LeadItem, attempt: "_Attempt") -> bool:
        """Whether the lead has a handling, which it cannot have before its refinement."""
        if lead.summary is None and not attempt.failed:
            return False
        return self.table.get(handling_key(lead.lead_id)) is not None

    def _recognition(self, done: Done, lead: LeadItem, attempt: "_Attempt") -> Iterator[Write]:
        """The writes by which later duplicates find this lead; raises Overtaken."""
        if done.traits is not None or lead.summary is not None:
            yield from self._likeness_writes(done, lead, exact=attempt.failed)
        if done.traits is None:
            yield from self._match_keys(done, lead, attempt.taken)
        if done.refined is not None:
            yield from link_writes(lead, done.refined.duplicate_of)

    def _match_keys(self, done: Done, lead: LeadItem, taken: AbstractSet[Key]) -> Iterator[Write]:
        """The writes of match keys without traits, except keys that are *taken* by other leads."""
        mine = {"lead_id": lead.lead_id, "taken_at": lead.captured_at}
        for key in dict.fromkeys(done.match_keys.values()):
            pk, sk = digest_key("M", key)
            if (pk, sk) not in taken:
                item = {"pk": pk, "sk": sk, **mine}
                yield PutIf(item, _MINE_OR_FREE, {":me": lead.lead_id})

    def _hand_on_cluster(self, lead: LeadItem, done: Done) -> None:
        """A lead that was refined again is no candidate any more, or has joined another cluster:
        those that are linked to it stay together."""
        if done.refined is None or lead.summary is None or lead.summary.duplicate_of:
            return
        if done.refined.duplicate_of is not None:
            self._follow(done.refined.duplicate_of.lead_id, lead.lead_id)
        elif done.refined.status != "refined":
            self._succeed(lead.lead_id)

    def _give_back(self, lead: LeadItem) -> None:
        assert lead.task is not None  # noqa: S101 - the caller holds it
        free = msgspec.structs.replace(lead.task, leased=False, due_at=lead.task.put_at)
        self.table.write(Put(changed(lead, task=free).item(), lead.rev))

    def _store(self, refined: RefinedLead) -> str:
        """Store the refined document; returns its version, by which the ledger tells it from that
        of a worker whose lease has ended."""
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


class _Attempt:
    """What is known from earlier tries of one settlement: the version of the refined document, the
    match keys that other leads have, whether a try *failed* because an item was not as assumed, and
    whether the refinement was *overtaken* by that of another lead that it has not seen."""

    def __init__(self) -> None:
        self.failed = False
        self.version: str | None = None
        self.taken: set[Key] = set()
        self.overtaken = False

    def learn(self, stale: Stale, outcome: Outcome) -> None:
        """Note why a try failed, for the next one."""
        self.failed = True
        keys = {(item["pk"], item["sk"]) for item in stale.stood if item["pk"].startswith("M#")}
        self.taken |= keys
        if keys and isinstance(outcome, Done) and outcome.refined and outcome.traits is None:
            self.overtaken = outcome.refined.duplicate_of is None


def _makes_a_lead(one: Settlement) -> bool:
    return isinstance(one.outcome, Done) and one.outcome.refined is not None
