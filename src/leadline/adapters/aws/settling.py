"""Outcomes carried out on AWS: each task for itself, in one conditional stroke."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

import msgspec

from leadline.adapters.aws.base import Base, Contested, changed, log
from leadline.adapters.aws.bells import Ring
from leadline.adapters.aws.calls import AwsFailed
from leadline.adapters.aws.documents import read_document
from leadline.adapters.aws.items import (
    AlertItem,
    LeadItem,
    TaskState,
    Told,
    alert_key,
    alert_of,
    digest_key,
    lead_key,
    lead_of,
    summary_of,
)
from leadline.adapters.aws.queue import put_alert
from leadline.adapters.aws.table import Delete, Key, Put, PutIf, Stale, Write
from leadline.formats import from_iso, iso, key_of, refined_document, refined_head
from leadline.lead import RefinedLead, Step, Task
from leadline.outcome import Done, Drop, Outcome, Retry
from leadline.ports import Settlement

_MOST_ROUNDS = 20
_MOST_PARALLEL = 8
_REFUSED = frozenset(("ValidationException", "SerializationException", "EntityTooLarge"))
"""What is wrong with a request, rather than with AWS."""
_AFTER_REFUSAL = timedelta(minutes=1)
_MOST_REFUSALS = 25
_MINE_OR_FREE = "attribute_not_exists(pk) OR lead_id = :me"


class AwsSettling(Base):
    """The second half of `ports.Queue`: settling."""

    def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """See `ports.Queue.settle`."""
        # Refinements of one person must see each other, so what makes leads is settled in order.
        if len(settlements) < 2 or any(_makes_a_lead(s) for s in settlements):
            return [self._settle_alone(one) for one in settlements]
        from concurrent.futures import ThreadPoolExecutor  # one task has no use for it

        with ThreadPoolExecutor(min(_MOST_PARALLEL, len(settlements))) as pool:
            return list(pool.map(self._settle_alone, settlements))

    def _settle_alone(self, one: Settlement) -> bool:
        """Settle, and keep it from its neighbours when AWS will not give or keep what is this
        lead's: such a task fails like any other that fails, and is a dead letter in the end."""
        task, outcome = one.claim.task, one.outcome
        withheld = self.recent.withheld.get(task.lead_id)
        if (
            withheld
            and isinstance(outcome, Drop)
            and outcome.reason == "lead.missing"
            and one.claim.failures < _MOST_REFUSALS
        ):
            return self._refused(one, withheld)
        try:
            return self._settle(one)
        except AwsFailed as error:
            if error.code not in _REFUSED:
                raise
            log.error("settle.refused", extra={"lead": task.lead_id, "error": str(error)})
            return self._refused(one, error.code)

    def _refused(self, one: Settlement, code: str) -> bool:
        """Have the task tried again later; False, for its outcome was not carried out."""
        pause = _AFTER_REFUSAL * (one.claim.failures + 1)
        self._settle(Settlement(one.claim, Retry(pause, why=f"storage.{code}")))
        return False

    def _settle(self, one: Settlement) -> bool:
        task = one.claim.task
        attempt = _Attempt()
        for number in range(_MOST_ROUNDS):
            lead, alert = self._holders(task, fresh=number > 0)
            state = alert.task if alert else lead.task if lead else None
            if task.step is Step.NOTIFY and alert is None:
                return False
            if lead is None or state is None or state.dead_at:
                return False
            if not state.held or state.attempt != one.claim.attempt:
                return False
            try:
                if attempt.overtaken:
                    self._give_back(lead)
                    return False
                self._carry_out(one, lead, alert, state, attempt)
            except Stale as stale:
                attempt.learn(stale, one.outcome)
                continue
            finally:
                self.recent.leads.pop(task.lead_id, None)
            return True
        raise Contested(task.lead_id)

    def _holders(self, task: Task, *, fresh: bool) -> tuple[LeadItem | None, AlertItem | None]:
        """The lead, and the item of its alert task where the task is one."""
        if task.step is Step.REFINE:
            known = None if fresh else self.recent.leads.get(task.lead_id)
            return known or self._lead(task.lead_id), None
        keys = [lead_key(task.lead_id), alert_key(task.lead_id, task.channel)]
        items = self.table.get_all(keys)
        lead, alert = items.get(keys[0]), items.get(keys[1])
        return lead_of(lead) if lead else None, alert_of(alert) if alert else None

    def _carry_out(
        self,
        one: Settlement,
        lead: LeadItem,
        alert: AlertItem | None,
        state: TaskState,
        attempt: "_Attempt",
    ) -> None:
        now = self.clock()
        task = one.claim.task
        match one.outcome:
            case Done() as done:
                self._done(done, lead, alert, now, attempt)
            case Retry() as retry:
                failures = one.claim.failures + int(retry.counts)
                later = msgspec.structs.replace(
                    state, put_at=iso(now), due_at=iso(now + retry.after), held=False,
                    failures=failures, error=retry.why,
                )  # fmt: skip
                noted = lead.note(now, f"{task.step}.failed", retry.why) if retry.counts else lead
                self.table.write_all(_with_state(noted, alert, later, noted is not lead))
            case Drop() as drop:
                dead = msgspec.structs.replace(
                    state, held=False, dead_at=iso(now), reason=drop.reason, error=drop.detail
                )
                noted = lead.note(now, f"{task.step}.dead", drop.reason)
                if alert is not None:
                    channels = dict.fromkeys((*noted.dead_channels, alert.channel))
                    noted = changed(noted, dead_channels=tuple(channels))
                self.table.write_all(_with_state(noted, alert, dead, True))
                self._toll(task, lead, drop.reason)

    def _done(
        self,
        done: Done,
        lead: LeadItem,
        alert: AlertItem | None,
        now: datetime,
        attempt: "_Attempt",
    ) -> None:
        new = lead.note(now, done.note) if done.note else lead
        writes: list[Write] = []
        if done.refined is not None:
            if attempt.version is None:
                attempt.version = self._store(done.refined)
            new = changed(new, summary=summary_of(done.refined, len(done.then), attempt.version))
            new = new.note(done.refined.processed_at, done.refined.status)
            writes += self._recognition(done, lead, attempt.taken)
        if done.alert is not None:
            told = done.alert
            line = Told(told.channel, iso(told.sent_at), told.template, told.digest)
            new = changed(new, alerts=(*new.alerts, line))
            new = new.note(told.sent_at, "alerted", f"{told.channel}, {told.template}")
        if alert is None:
            new = changed(new, task=None)
        else:
            writes.append(Delete(alert_key(alert.lead_id, alert.channel), alert.rev))
        if new != lead:
            writes.append(Put(new.item(), lead.rev))
        writes += self._follow_ups(done.then, now)
        self.table.write_all(writes)
        captured_at = from_iso(lead.captured_at)
        self._ring([Ring(task, now, captured_at) for task in done.then])

    def _follow_ups(self, tasks: Sequence[Task], now: datetime) -> list[Put]:
        keys = [alert_key(t.lead_id, t.channel) for t in tasks]
        there = self.table.get_all(keys) if keys else {}
        return [
            put_alert(task, alert_of(there[key]) if key in there else None, now, now)
            for task, key in zip(tasks, keys, strict=True)
        ]

    def _recognition(self, done: Done, lead: LeadItem, taken: AbstractSet[Key]) -> Iterator[PutIf]:
        """The writes by which later leads recognise this one; keys that are *taken* stay so."""
        mine = {"lead_id": lead.lead_id, "taken_at": lead.captured_at}
        for key in dict.fromkeys(done.match_keys.values()):
            pk, sk = digest_key("M", key)
            owner = self.recent.owners.get(key, lead.lead_id)
            if owner == lead.lead_id and (pk, sk) not in taken:
                item = {"pk": pk, "sk": sk, **mine}
                yield PutIf(item, _MINE_OR_FREE, {":me": lead.lead_id})
        if done.refined is not None and (first := done.refined.duplicate_of) is not None:
            yield PutIf({"pk": f"L#{first.lead_id}", "sk": f"again#{lead.lead_id}"})

    def _give_back(self, lead: LeadItem) -> None:
        assert lead.task is not None  # noqa: S101 - the caller holds it
        free = msgspec.structs.replace(lead.task, held=False, due_at=lead.task.put_at)
        self.table.write(Put(changed(lead, task=free).item(), lead.rev))

    def _store(self, refined: RefinedLead) -> str:
        """Keep the refined document; returns its version, by which the ledger knows it from what
        a worker writes that has lost its claim."""
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
    """What was done and learned while one settlement is carried out, however often it is tried:
    the version of the refined document, match keys that others have, and whether the refinement
    was *overtaken* by one of another lead that it has not seen."""

    def __init__(self) -> None:
        self.version: str | None = None
        self.taken: set[Key] = set()
        self.overtaken = False

    def learn(self, stale: Stale, outcome: Outcome) -> None:
        """Make the best of what stood in the way."""
        keys = {(item["pk"], item["sk"]) for item in stale.stood if item["pk"].startswith("M#")}
        self.taken |= keys
        if keys and isinstance(outcome, Done) and outcome.refined is not None:
            self.overtaken = outcome.refined.duplicate_of is None


def _with_state(
    lead: LeadItem, alert: AlertItem | None, state: TaskState, lead_changes: bool
) -> list[Write]:
    """The writes that leave the task in another state."""
    if alert is None:
        return [Put(changed(lead, task=state).item(), lead.rev)]
    writes: list[Write] = [Put(msgspec.structs.replace(alert, task=state).item(), alert.rev)]
    if lead_changes:
        writes.append(Put(lead.item(), lead.rev))
    return writes


def _makes_a_lead(one: Settlement) -> bool:
    return isinstance(one.outcome, Done) and one.outcome.refined is not None
