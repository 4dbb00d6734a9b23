"""Many leads on AWS while everything fails now and then, in any order; then nothing fails any more,
and every promise must have been kept."""

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from leadline.entrypoints.aws.messages import Batch
from leadline.entrypoints.aws.step_loop import StepLoop
from leadline.journey.refinement.refining import refine_due
from leadline.model.errors import LeadlineError
from leadline.model.lead import CapturedLead, Fate, Kind, Receipt, Status
from leadline.model.task import Step, Task
from leadline.net.aws.calls import AwsFailed
from leadline.stores.aws.clocks.message_queues import Queues
from leadline.stores.aws.clocks.wakeups import Wakeup, kind_of_task
from leadline.stores.aws.keys import ALIKE
from leadline.stores.aws.people.likeness import alike_of
from leadline.stores.aws.sweep.sweep import sweep
from tests.standins.aws_faults import (
    Actor,
    AwsFault,
    ToldSlack,
    named,
    world,
)
from tests.worlds.killed_process import Killed
from tests.worlds.leads import HandClock, captured

VISIBILITY = timedelta(minutes=6)
KINDS = [(Step.NOTIFY, "slack"), (Step.LOOK_UP, "")]
RECORDS = ("contact:1", "contact:2", None)


class Clocked(Queues):
    """Queues whose messages come by the clock of the test, and sometimes never."""

    def __init__(self, actor: Actor, clock: HandClock, chance: random.Random) -> None:
        super().__init__(actor.caller, actor.rooms.urls)
        self._clock, self._chance = clock, chance
        self.waiting: list[tuple[datetime, Task]] = []
        self.loses = 0.0

    def send(self, wakeups: Sequence[Wakeup], now: datetime) -> None:
        """Keep each until it is due; some are lost, some are refused."""
        for wakeup in wakeups:
            if self._chance.random() < self.loses:
                if self._chance.random() < 0.5:
                    raise AwsFailed("sqs SendMessage", "ServiceUnavailable")
                continue
            self.waiting.append((max(wakeup.due_at, now), wakeup.task))

    def depths(self, url: str) -> dict[str, int]:
        """As SQS counts them."""
        mine = [at for at, task in self.waiting if url == self.url_of(task.step)]
        due = sum(at <= self._clock.now for at in mine)
        return {"visible": due, "held": 0, "delayed": len(mine) - due}

    def take(self, *, refining: bool) -> list[Task]:
        """Up to ten tasks whose messages are due, of one queue."""
        mine = [m for m in self.waiting if (m[1].step is Step.REFINE) is refining]
        due = [m for m in mine if m[0] <= self._clock.now][:10]
        for one in due:
            self.waiting.remove(one)
        return [task for _, task in due]


class Chaos:
    """One stack, its sender, and what goes wrong with it."""

    def __init__(self, actors: Sequence[Actor], clock: HandClock, seed: int) -> None:
        self.sender, self.worker = actors
        self.clock, self.chance = clock, random.Random(seed)
        self.bells = Clocked(self.worker, clock, self.chance)
        self.slack = ToldSlack()
        self.accepted: list[tuple[CapturedLead, Receipt]] = []
        self.sent: list[CapturedLead] = []
        for actor in actors:
            actor.queues = self.bells
            actor.store.wakeups = self.bells

    def may_fail(self, actor: Actor) -> None:
        """A fault at one of the next calls, or none."""
        actor.caller.dead = False
        fault = self.chance.choice([*AwsFault, *AwsFault, None])
        if fault is None:
            actor.caller.plan(10**9, AwsFault.REFUSED)
        else:
            actor.caller.plan(self.chance.randrange(12), fault)

    def attempt(self, actor: Actor, act: Callable[[], object]) -> None:
        """Do something that may fail; a process that died is begun anew."""
        self.may_fail(actor)
        try:
            act()
        except (LeadlineError, Killed):
            pass
        finally:
            actor.caller.dead = False
            actor.caller.at = None

    def deliver(self) -> None:
        """The sender delivers something new, or again what it got no answer to."""
        if self.sent and self.chance.random() < 0.4:
            before = self.chance.choice(self.sent)
            at = self.clock.now
            event = replace(
                before, captured_at=at, due_at=at + (before.due_at - before.captured_at)
            )
        else:
            number = len(self.sent)
            raw = b'{"email":"p%d@example.com","n":%d}' % (number % 4, number)
            kind = self.chance.choice([Kind.CREATED, Kind.CREATED, Kind.UPDATED])
            record = self.chance.choice(RECORDS)
            event = captured(self.clock, f"event{number}", kind=kind, record=record, raw=raw)
            self.sent.append(event)
        event = named(event)
        self.attempt(self.sender, lambda: self._accept(event))

    def _accept(self, event: CapturedLead) -> None:
        (receipt,) = self.sender.store.accept([event])
        self.accepted.append((event, receipt))

    def work(self, *, refining: bool) -> None:
        """A function takes what is due."""
        tasks = self.bells.take(refining=refining)
        if not tasks:
            return
        ended: list[Mapping[str, Any]] = []
        self.attempt(self.worker, lambda: ended.append(self._work(tasks, refining=refining)))
        failed = [one["itemIdentifier"] for one in ended[0]["batchItemFailures"]] if ended else None
        for number, task in enumerate(tasks):
            if failed is None or str(number) in failed:
                self.bells.waiting.append((self.clock.now + VISIBILITY, task))

    def _work(self, tasks: Sequence[Task], *, refining: bool) -> Mapping[str, Any]:
        bodies = (_body(task) for task in tasks)
        records = [{"messageId": str(i), "body": body} for i, body in enumerate(bodies)]
        batch = Batch(records, refining=refining)
        assert batch.tasks == list(dict.fromkeys(tasks))
        kit = self.worker.kit(*batch.tasks, slack=self.slack)
        loop = StepLoop(kit, lambda *_: True)
        paced, stopped = loop.paced, False
        try:
            if refining:
                while kit.store.left:  # type: ignore[attr-defined]
                    refine_due(kit, 5)
            else:
                loop.run(list(dict.fromkeys(map(kind_of_task, tasks))))
        except LeadlineError:
            paced, stopped = {}, True
        return batch.end(kit.store, paced, stopped=stopped)  # type: ignore[arg-type]

    def sweep(self) -> None:
        self.attempt(
            self.worker,
            lambda: sweep(self.worker.store, self.bells, KINDS, lambda: True),
        )

    def live(self, steps: int) -> None:
        """So many things happen, and most of them go wrong."""
        self.bells.loses = 0.2
        refine, tell = partial(self.work, refining=True), partial(self.work, refining=False)
        for _ in range(steps):
            deeds: list[Callable[[], None]] = [self.deliver, self.deliver, refine, tell, self.sweep]
            self.chance.choice(deeds)()
            self.clock.advance(seconds=self.chance.choice([0, 1, 30, 400]))

    def recover(self) -> None:
        """Nothing fails any more, for as long as anything is left to be done."""
        self.bells.loses = 0.0
        self.may_fail = lambda actor: None  # type: ignore[method-assign]
        self._put_back()
        for number in range(200):
            self.sweep()
            self.clock.advance(minutes=3)
            for _ in range(12):
                self.work(refining=True)
                self.work(refining=False)
                self.clock.advance(seconds=1)
            if number > 2 and not self.bells.waiting and not self._unfinished():
                return
        raise AssertionError("it never comes to rest")

    def _put_back(self) -> None:
        """An operator puts back the leads whose worker died as often as a lead may kill one."""
        leads = self.sender.leads().items()
        dead = [Task(Step.REFINE, i) for i, lead in leads if lead.task and lead.task.dead_at]
        self.worker.store.put(dead, self.clock.now)

    def _unfinished(self) -> bool:
        items = list(self.sender.table.scan())
        return any(i.get("due_pk") and i["sk"] != ALIKE for i in items if i["pk"].startswith("L#"))


def _body(task: Task) -> str:
    told = {"lead_id": task.lead_id, "s3_key": "", "timestamp": ""}
    if task.channel:
        told["channel"] = task.channel
    if task.step is Step.LOOK_UP:
        told["step"] = "look_up"
    return json.dumps(told)


def check(chaos: Chaos) -> None:
    known = chaos.sender.leads()
    assert chaos.sender.raws() == known.keys(), "the archive and the table know the same events"
    for event, receipt in chaos.accepted:
        key = chaos.sender.items("E#")[event.event_key.hex()]
        first = known[key["lead_id"]]
        own = receipt.lead_id in (first.lead_id, first.joined)
        # Updates that come before their lead belong to the first of them until the lead comes.
        early = known[receipt.lead_id].joined in (first.lead_id, first.joined)
        assert own or early, "it was another lead when answered"
    documents = chaos.sender.store.documents(list(known))
    heads = {i: lead for i, lead in known.items() if lead.fate == Fate.CAPTURED}
    for lead_id, lead in heads.items():
        assert lead.status is Status.ALERTED, (lead_id, lead.status, lead.task)
        assert len(lead.alerts) == 1
        assert [line.what for line in lead.timeline].count("refined") == 1
        document = documents[lead_id]
        assert json.loads(document)["lead_id"] == lead_id
        assert any(lead_id.encode() in message for message in chaos.slack.sent)
    records = [lead.record for lead in heads.values() if lead.record]
    assert len({*records}) == len(records), "one lead a record"
    keys = Counter(item["lead_id"] for item in chaos.sender.items("E#").values())
    assert {i: keys[i] for i in known} == dict.fromkeys(known, 1), "one event, one item"
    for lead_id, one in known.items():
        if one.fate == Fate.FOLDED:
            assert one.joined
            assert heads[one.joined].updates.count(lead_id) == 1
    under = [(item.get("leads") or [item["lead_id"]]) for item in chaos.sender.items("M#").values()]
    assert {one for leads in under for one in leads} == heads.keys()
    assert all(len(set(leads)) == len(leads) for leads in under)
    known_alike = [alike_of(i) for i in chaos.sender.table.scan() if i["sk"] == ALIKE]
    assert {one.lead_id for one in known_alike} == heads.keys()
    assert sum(map(len, under)) == sum(len(one.digests) for one in known_alike)
    firsts = {one.lead_id: one.first for one in known_alike}
    listed = {i: s.duplicate_of or "" for i, lead in heads.items() if (s := lead.summary)}
    assert listed == firsts
    assert {firsts[first] for first in firsts.values() if first} <= {""}, "no chains"


def run(moto: str, seed: int, steps: int) -> None:
    clock = HandClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    with world(moto, clock) as actors:
        chaos = Chaos(actors, clock, seed)
        chaos.live(steps)
        chaos.recover()
        check(chaos)


@pytest.mark.parametrize("seed", [1, 6, 79, 90])
def test_whatever_fails_every_accepted_lead_is_told_in_the_end(moto: str, seed: int) -> None:
    run(moto, seed, 40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 200))
def test_whatever_fails_for_long_every_accepted_lead_is_told(moto: str, seed: int) -> None:
    run(moto, seed, 80)
