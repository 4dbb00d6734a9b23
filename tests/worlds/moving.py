"""Leads in every state, homes to move them between, and an end that may come at any write."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from leadline import kit as attempts
from leadline.journey.refinement.refining import refine_due
from leadline.kit import Kit
from leadline.model.facts.corrected_events import event_of_correction
from leadline.model.facts.correcting import Correction
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import CapturedLead, Kind, Ownership
from leadline.model.retry import RetryPolicy
from leadline.model.staff.assigning import Charge, Kept, Queued
from leadline.model.staff.people import Person
from leadline.model.task import Alert, Done, Drop, Later, Lease, Outcome, Retry, Step, Task
from leadline.net.aws.calls import Caller
from leadline.net.aws.signing import Keys
from leadline.net.reply import HttpReply
from leadline.operations.moving.mover import Mover, MoveSummary
from leadline.ports.homes import Family, FamilyWrite, Home, KeyKind, Side
from leadline.ports.messenger import Refused, Sent, Unreachable
from leadline.ports.source import Source
from leadline.ports.store import Store
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.clocks.message_queues import Queues
from leadline.stores.aws.moving.home import AwsHome
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Table
from leadline.stores.sqlite.capture.keys import KeyIndex
from leadline.stores.sqlite.moving.home import SqliteHome
from leadline.stores.sqlite.moving.journal import MoveJournal
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.aws_resources import PATIENCE_S, REGION, AwsResources
from tests.worlds.killed_process import Killed
from tests.worlds.leads import LEASE, HandClock, captured, lease_task, settle
from tests.worlds.poisonous import Poisonous
from tests.worlds.pushed import PUSHED

WINDOW = timedelta(days=7)
CHANNELS = ("mail", "slack")
AFTER = (
    (Step.UPDATE, "slack"), (Step.REMIND, "mail"), (Step.ASSIGN, ""), (Step.LOOK_UP, ""),
    (Step.CLOCK, ""), (Step.FIRST_LOOK, ""),
    (Step.WRITE_BACK, "generic"), (Step.PUSH, "ads"),
)  # fmt: skip
"""What may follow when a lead is told."""
ADA = Person(id="crm-1", name="Ada Vance", email="Ada@Example.com", slack="U01ADA")
BOB = Person(name="Bob Moss", slack="U02BOB")


class WriteFuse:
    """Ends the process at the n-th write; then nothing of it happens any more."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.after = False
        self.lock = Lock()  # for threads that write at the same moment

    def set(self, writes: int | None, *, after: bool = False) -> None:
        self.left, self.after = writes, after

    def before_a_write(self) -> None:
        with self.lock:
            if self.left is None:
                return
            if self.left == 0 and not self.after:
                raise Killed
            if self.left < 0:
                raise Killed
            self.left -= 1

    def after_a_write(self) -> None:
        if self.left is not None and self.left < 0:
            raise Killed


# What AWS says of items over 400 KB, which neither moto nor the emulator does.
TOO_LARGE = HttpReply(
    400,
    {},
    b'{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",'
    b'"CancellationReasons":[{"Code":"ValidationError","Message":"Item size has exceeded"},'
    b'{"Code":"None"}]}',
)


class FusedCaller(Caller):
    """Calls to AWS of a process that may end."""

    fuse: WriteFuse
    stutters = False
    lock: AbstractContextManager[object] = nullcontext()

    def call(
        self, service: str, method: str, path: str, body: bytes = b"", *,
        query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
    ) -> HttpReply:  # fmt: skip
        with self.lock:
            return self._call(service, method, path, body, query, headers)

    def _call(
        self, service: str, method: str, path: str, body: bytes,
        query: Mapping[str, str] | None, headers: Mapping[str, str] | None,
    ) -> HttpReply:  # fmt: skip
        target = (headers or {}).get("x-amz-target", "")
        reads = ("GetItem", "Query", "Scan", "GetQueueAttributes", "ReceiveMessage")
        writes = method != "GET" and not target.endswith(reads)
        if service == "dynamodb" and len(body) > 400_000:
            return TOO_LARGE
        if writes:
            self.fuse.before_a_write()
        reply = super().call(service, method, path, body, query=query, headers=headers)
        if writes:
            if self.stutters:  # as after an answer that was lost
                reply = super().call(service, method, path, body, query=query, headers=headers)
            self.fuse.after_a_write()
        return reply


class FusedJournal(MoveJournal):
    fuse: WriteFuse

    def begin(self, digests: Mapping[str, bytes], towards: Home) -> None:
        self.fuse.before_a_write()
        super().begin(digests, towards)
        self.fuse.after_a_write()

    def agree(self, digests: Mapping[str, bytes]) -> None:
        self.fuse.before_a_write()
        super().agree(digests)
        self.fuse.after_a_write()


class FusedHome(SqliteHome):
    fuse: WriteFuse

    def write(self, writes: Sequence[FamilyWrite]) -> Mapping[str, str]:
        self.fuse.before_a_write()
        told = super().write(writes)
        self.fuse.after_a_write()
        return told

    def adopt(self, documents: Mapping[str, Kept]) -> None:
        self.fuse.before_a_write()
        super().adopt(documents)
        self.fuse.after_a_write()


class Destination:
    """Accepts everything but for leads whose words say otherwise; counts what it accepted."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.accepted: Counter[str] = Counter()
        self.down = True

    def send(self, lead_id: str, document: bytes) -> Sent | Refused | Unreachable:
        if b"refused" in document and self.name == "slack":
            return Refused("invalid_blocks", "no such block")
        if b"unlucky" in document and self.down:
            return Unreachable("nobody there")
        self.accepted[lead_id] += 1
        return Sent(f"{self.name}/{lead_id[-4:]}.{self.accepted[lead_id]}")


class Workers:
    """Workers who take every step of a store's leads, and turn when they are told to."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.channels = {name: Destination(name) for name in CHANNELS}

    def kit(self, store: Store) -> Kit:
        sources: dict[str, Source] = {"generic": Poisonous()}
        return Kit(
            store=store,
            sources=sources,
            channels=dict.fromkeys(CHANNELS),  # type: ignore[arg-type]  # only names matter
            clock=self.clock,
            chance=lambda: 0.5,
            retry=RetryPolicy(timedelta(seconds=2), timedelta(minutes=1), attempts=4),
        )

    def work(self, store: Store, turns: int = 1, **span: float) -> None:
        """Turn all wheels, *turns* times, with some time in between."""
        kit = self.kit(store)
        for _ in range(turns):
            while refine_due(kit, 10):
                pass
            for name in CHANNELS:
                while leases := store.lease(Step.NOTIFY, 10, LEASE, name):
                    attempts.settle(kit, leases, [self._tell(kit, name, c) for c in leases])
            for step, channel in AFTER:
                while leases := store.lease(step, 10, LEASE, channel):
                    attempts.settle(kit, leases, [Done(note=f"{step}.done") for _ in leases])
            self.clock.advance(**span)

    def _tell(self, kit: Kit, name: str, lease: Lease) -> Outcome:
        """Tell a destination of a lead, once; of an "instead", mail in the place of Slack."""
        lead_id = lease.task.lead_id
        if (end := attempts.exhausted(kit, lease)) is not None:
            return end
        document = kit.store.documents([lead_id])[lead_id]
        through = "mail" if b"instead" in document else name
        alerts = kit.store.alerts([lead_id]).get(lead_id, ())
        if any(a.channel == through for a in alerts) and not lease.task.again:
            return Done(note="notify.already_told")
        match self.channels[through].send(lead_id, document):
            case Sent(ref=ref):
                return Done(alert=Alert(lead_id, through, self.clock.now, "new_lead/1", ref=ref))
            case Refused(reason=reason, words=words):
                return Drop(reason, words)
            case Unreachable(words=words):
                return attempts.retry_or_drop(kit, lease, words)

    def everybody_answers(self) -> None:
        for channel in self.channels.values():
            channel.down = False


class TwoInstallations(Workers):
    """An embedded installation and a stack, with the workers of each.

    *one_at_a_time* for moto, which copies its tables while others write to them.
    """

    def __init__(
        self,
        folder: Path,
        resources: AwsResources,
        clock: HandClock,
        *,
        one_at_a_time: bool = False,
    ) -> None:
        super().__init__(clock)
        self.folder, self.rooms = folder, resources
        self.one_at_a_time = one_at_a_time
        self.sqlite = SqliteStore(folder, clock=clock, redelivery_window=WINDOW)
        self.sqlite.keys = KeyIndex(gather=4)  # so that keys stand in both of their tables
        self.aws = resources.store(clock)
        self.fuse = WriteFuse()
        self.told: dict[str, str] = {}

    def move(
        self,
        towards: Home,
        writes: int | None = None,
        *,
        after: bool = False,
        stutters: bool = False,
        until: str = "",
    ) -> MoveSummary | None:
        """Move in this direction, and end after so many writes, or before a stage that begins with
        *until*; None when it ended too early. With *stutters* every write to AWS is done twice."""
        self.fuse.set(writes, after=after)
        caller = FusedCaller(REGION, lambda: Keys("test", "test"), self.rooms.endpoint, PATIENCE_S)
        caller.fuse, caller.stutters = self.fuse, stutters
        caller.lock = Lock() if self.one_at_a_time else nullcontext()
        store = AwsStore(
            Table(caller, self.rooms.table.name),
            Bucket(caller, self.rooms.bucket.name),
            Queues(caller, self.rooms.urls, self.rooms.dead_urls),
            clock=self.clock,
            redelivery_window=WINDOW,
        )
        journal = FusedJournal(self.folder, self.rooms.table.name)
        journal.fuse = self.fuse
        aws = AwsHome(store, self.clock.now - WINDOW)
        here = FusedHome(self.sqlite, self.clock.now - WINDOW)
        here.fuse = self.fuse
        origin: Side = here if towards is Home.AWS else aws
        carrier = Mover(
            origin, aws if towards is Home.AWS else here, journal, WINDOW,
            report=self.told.__setitem__,
            stage=lambda name: _end_before(name, until),
            pause=lambda seconds: self.clock.advance(seconds=seconds),
        )  # fmt: skip
        self.told.clear()
        try:
            return carrier.run()
        except Killed:
            return None
        finally:
            aws.close()
            caller.close()
            journal.close()

    def families(self, home: Home) -> dict[str, Family]:
        """Everything at one home."""
        forgotten = self.clock.now - WINDOW
        aws = AwsHome(self.aws, forgotten)
        side: Side = aws if home is Home.AWS else SqliteHome(self.sqlite, forgotten)
        try:
            return {i: f for ids in side.heads() for i, f in side.families(ids).items()}
        finally:
            aws.close()

    def keys(self, home: Home, *kinds: KeyKind) -> dict[str, set[bytes]]:
        """The keys of every lead at one home, of these kinds or of all."""
        forgotten = self.clock.now - WINDOW
        aws = AwsHome(self.aws, forgotten)
        side: Side = aws if home is Home.AWS else SqliteHome(self.sqlite, forgotten)
        found: dict[str, set[bytes]] = {}
        try:
            for ids in side.heads():
                for some in side.keys_of(list(side.families(ids).values())).values():
                    for key in some:
                        if kinds and key.kind not in kinds:
                            continue
                        found.setdefault(key.lead_id, set()).add(key.key)
            return found
        finally:
            aws.close()

    def close(self) -> None:
        self.sqlite.close()


def _end_before(stage: str, until: str) -> None:
    if until and stage.startswith(until):
        raise Killed


def populate(workers: Workers, store: Store) -> dict[str, str]:
    """Leads in every state there is; their ids by what they are."""
    clock = workers.clock
    named: dict[str, CapturedLead] = {}

    def come(name: str, what: str = "", **more: Any) -> CapturedLead:
        lead = named[what or name] = captured(clock, name, **more)
        (receipt,) = store.accept([lead])
        clock.advance(milliseconds=7)
        assert receipt.lead_id
        return lead

    now = timedelta()
    come("words", "forgotten words", lasting=False, delay=now)
    clock.advance(days=8)
    come("words", "the words again", lasting=False, delay=now)
    come("ada", record="r-ada", delay=now)
    come("refused", delay=now)
    come("poison", delay=now)
    come("flagged", delay=now, raw=b'{"name":"Flagged","email":"flagged@example.com","test":true}')
    come("replayed", delay=now)
    come("instead", delay=now)
    come("handled", record="r-handled", delay=now)
    come("troubled", delay=now)
    come("nobody", "dead", delay=now, raw=b'{"nothing":"that makes a lead"}')
    workers.work(store, 4, minutes=2)
    come("ada", "ada again", key="another event", record="r-ada" * 99, delay=now)
    come("ada", "update that came too late", key="late", record="r-ada", kind=Kind.UPDATED)
    come("unlucky", delay=now)
    come("deleted", kind=Kind.IGNORED, why="deleted")
    come("stranger", kind=Kind.UPDATED, record="r-unknown")
    store.put([Task(Step.REFINE, named["replayed"].id)], clock.now, note="replayed")
    workers.work(store, 1, seconds=1)
    again = [Task(Step.NOTIFY, named["replayed"].id, name, again=True) for name in CHANNELS]
    store.put(again, clock.now + timedelta(hours=1), note="replayed")
    _follow_up(store, clock, {what: lead.id for what, lead in named.items()})
    come("handled", "late update", key="late news", record="r-handled", kind=Kind.UPDATED)
    come("held", delay=now)
    assert [c.task.lead_id for c in store.lease(Step.REFINE, 1, LEASE)] == [named["held"].id]
    come("waiting")
    come("spaced", raw=b' {"name":"Spaced","email":"spaced@example.com"} \n', lasting=False)
    form = captured(clock, "form")
    named["form"] = msgspec.structs.replace(
        form, body=b"name=form&email=form%40example.com", media_type="application/x-www-form"
    )
    store.accept([named["form"]])
    head = come("bob", record="r-bob")
    said = Correction("ada", clock.now, {"email": "eve@example.com", "custom.budget": ""})
    named["corrected"] = event_of_correction(named["handled"].id, "generic", said)
    store.accept([named["corrected"]])
    come("robert", key="b1", record="r-bob", kind=Kind.UPDATED)
    come("bobby", key="b2", record="r-bob", kind=Kind.UPDATED)
    store.accept([captured(clock, "bob", record="r-bob"), captured(clock, "bob", record="r-bob")])
    store.accept([captured(clock, "robert", key="b1", record="r-bob", kind=Kind.UPDATED)])
    assert head is named["bob"]
    store.pause("slack", clock.now + timedelta(minutes=1))
    return {what: lead.id for what, lead in named.items()}


def _follow_up(store: Store, clock: HandClock, ids: Mapping[str, str]) -> None:
    """Handled leads, and tasks of every step that wait, failed, are held or dead."""
    handled, troubled, ended = ids["handled"], ids["troubled"], ids["ada"]
    for lead_id, (step, channel) in [
        *((troubled, kind) for kind in AFTER), *((ended, kind) for kind in AFTER[:2])
    ]:  # fmt: skip
        store.put([Task(step, lead_id, channel)], clock.now)
        assert settle(store, lease_task(store, step, channel), Drop(f"{step}.refused", "never"))
        clock.advance(milliseconds=1)
    reminder = Task(Step.REMIND, troubled, "mail")
    store.put([reminder, Task(Step.UPDATE, troubled, "slack")], clock.now)
    alert = Alert(troubled, "mail", clock.now, "reminder/1", ref="<3@example.com>")
    assert settle(store, lease_task(store, Step.REMIND, "mail"), Done(alert=alert))
    failed = Retry(timedelta(hours=2), why="slack.http_503")
    assert settle(store, lease_task(store, Step.UPDATE, "slack"), failed)
    first = Handling(owner=ADA, ownership=Ownership.ASSIGNED, level=1)
    assert store.handle(handled, UNHANDLED, first, note="owner.found", detail="Ada Vance")
    second = Handling(
        rev=1, owner=ADA, ownership=Ownership.ASSIGNED, claimed_by=BOB, claimed_at=clock.now,
        snoozed_until=clock.now + timedelta(hours=1), touched_at=clock.now, level=1,
        written={"Score": 7.5, "Näme": "Ünal", "Also": [1, {"b": None, "a": True}]},
        crm_modified=clock.now, reply_url="https://hooks.example.com/1",
        reply_until=clock.now + timedelta(minutes=30), charge=Charge("sales", "ada", clock.now),
        value=1500.5, pushed={"ads": (PUSHED,)},
    )  # fmt: skip
    then = (
        Later(Task(Step.UPDATE, handled, "slack")),
        Later(Task(Step.REMIND, handled, "slack"), timedelta(minutes=20)),
        Later(Task(Step.CLOCK, handled), timedelta(hours=1)),
        Later(Task(Step.FIRST_LOOK, handled), timedelta(hours=1)),
        Later(Task(Step.ASSIGN, handled), timedelta(hours=1)),
        Later(Task(Step.WRITE_BACK, handled, "generic"), timedelta(seconds=5)),
        Later(Task(Step.PUSH, handled, "ads"), timedelta(hours=1)),
    )
    assert store.handle(handled, msgspec.structs.replace(first, rev=1), second, then, "claimed")
    assert lease_task(store, Step.UPDATE, "slack").task.lead_id == handled
    queued = Handling(queued=Queued("sales", 3.5, clock.now))
    assert store.handle(troubled, UNHANDLED, queued, note="assigned")
    won = Handling(owner=BOB, ending=Ending.WON, ended_at=clock.now, ended_by=BOB)
    assert store.handle(ended, UNHANDLED, won, note="ended", detail="won")
    clock.advance(milliseconds=1)


def waits(families: Mapping[str, Family]) -> dict[tuple[str, Step, str], datetime]:
    """When each task is due."""
    return {
        (lead.lead_id, task.step, task.channel): task.due_at
        for family in families.values()
        for lead in family.leads
        for task in lead.tasks
        if task.dead_at is None
    }
