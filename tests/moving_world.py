"""Leads in every state, homes to move them between, and an end that may come at any write."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec

from leadline.adapters.aws.bells import Queues
from leadline.adapters.aws.bucket import Bucket
from leadline.adapters.aws.calls import Caller, HttpReply
from leadline.adapters.aws.moving import AwsHome
from leadline.adapters.aws.signing import Keys
from leadline.adapters.aws.store import AwsStore
from leadline.adapters.aws.table import Table
from leadline.adapters.sqlite import SqliteStore
from leadline.adapters.sqlite.keys import KeyIndex
from leadline.adapters.sqlite.move_notes import MoveJournal
from leadline.adapters.sqlite.moving import SqliteHome
from leadline.carrying import Carrier, MoveSummary, Parcel, Side
from leadline.deliver.sending import deliver_due
from leadline.kit import Kit
from leadline.lead import CapturedLead, Kind, Step, Task
from leadline.moving import Family, Home, KeyKind
from leadline.pipeline import refine_due
from leadline.ports import Refused, Sent, Store, Unreachable
from leadline.retry import RetryPolicy
from leadline.sources import Source
from leadline.sources.generic import Generic
from tests.aws_world import REGION, Rooms
from tests.worlds import HandClock, captured

WINDOW = timedelta(days=7)
LEASE = timedelta(seconds=60)
CHANNELS = ("mail", "slack")


class Killed(BaseException):
    """The process has ended."""


class Fuse:
    """Ends the process at the n-th write; then nothing of it happens any more."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.after = False

    def set(self, writes: int | None, *, after: bool = False) -> None:
        self.left, self.after = writes, after

    def before_a_write(self) -> None:
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


class BurningCaller(Caller):
    """Calls to AWS of a process that may end."""

    fuse: Fuse
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


class BurningJournal(MoveJournal):
    fuse: Fuse

    def begin(self, digests: Mapping[str, bytes], towards: Home) -> None:
        self.fuse.before_a_write()
        super().begin(digests, towards)
        self.fuse.after_a_write()

    def agree(self, digests: Mapping[str, bytes]) -> None:
        self.fuse.before_a_write()
        super().agree(digests)
        self.fuse.after_a_write()


class BurningHome(SqliteHome):
    fuse: Fuse

    def keep(self, parcels: Sequence[Parcel]) -> Mapping[str, str]:
        self.fuse.before_a_write()
        told = super().keep(parcels)
        self.fuse.after_a_write()
        return told


class Poisonous(Generic):
    def fields(self, raw: bytes) -> Any:
        if b"poison" in raw:
            raise KeyError("nobody expected this")
        return super().fields(raw)


class Channel:
    """Accepts everything but for leads whose words say otherwise; counts what it accepted."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.accepted: Counter[str] = Counter()
        self.down = True

    def send(self, message: bytes) -> Sent | Refused | Unreachable:
        told = msgspec.json.decode(message)
        ids = told["metadata"]["event_payload"]
        if b"refused" in message and self.name == "slack":
            return Refused("invalid_blocks", "no such block")
        if b"unlucky" in message and self.down:
            return Unreachable("nobody there")
        self.accepted[ids["lead_id"]] += 1
        return Sent()


class Two:
    """An embedded installation and a stack, with the workers of each.

    *one_at_a_time* for moto, which copies its tables while others write to them.
    """

    def __init__(
        self, folder: Path, rooms: Rooms, clock: HandClock, *, one_at_a_time: bool = False
    ) -> None:
        self.folder, self.rooms, self.clock = folder, rooms, clock
        self.one_at_a_time = one_at_a_time
        self.sqlite = SqliteStore(folder, clock=clock, redelivery_window=WINDOW)
        self.sqlite.keys = KeyIndex(gather=4)  # so that keys stand in both of their tables
        self.aws = rooms.store(clock)
        self.channels = {name: Channel(name) for name in CHANNELS}
        self.fuse = Fuse()
        self.told: dict[str, str] = {}

    def kit(self, store: Store) -> Kit:
        sources: dict[str, Source] = {"generic": Poisonous()}
        return Kit(
            store=store,
            sources=sources,
            channels=self.channels,
            clock=self.clock,
            chance=lambda: 0.5,
            retry=RetryPolicy(timedelta(seconds=2), timedelta(minutes=1), attempts=4),
            gap=timedelta(),
            digest_above=0,
        )

    def work(self, store: Store, turns: int = 1, **span: float) -> None:
        """Turn both wheels, *turns* times, with some time in between."""
        kit = self.kit(store)
        for _ in range(turns):
            while refine_due(kit, 10):
                pass
            for name in CHANNELS:
                while deliver_due(kit, name) == timedelta():
                    pass
            self.clock.advance(**span)

    def everybody_answers(self) -> None:
        for channel in self.channels.values():
            channel.down = False

    def move(
        self,
        towards: Home,
        writes: int | None = None,
        *,
        after: bool = False,
        stutters: bool = False,
    ) -> MoveSummary | None:
        """Move in this direction, and end after so many writes; None when it ended too early.
        With *stutters* every write to AWS is done twice."""
        self.fuse.set(writes, after=after)
        caller = BurningCaller(REGION, lambda: Keys("test", "test"), self.rooms.endpoint)
        caller.fuse, caller.stutters = self.fuse, stutters
        caller.lock = Lock() if self.one_at_a_time else nullcontext()
        store = AwsStore(
            Table(caller, self.rooms.table.name),
            Bucket(caller, self.rooms.bucket.name),
            Queues(caller, self.rooms.urls, self.rooms.dead_urls),
            clock=self.clock,
            redelivery_window=WINDOW,
        )
        journal = BurningJournal(self.folder, self.rooms.table.name)
        journal.fuse = self.fuse
        aws = AwsHome(store, self.clock.now - WINDOW)
        here = BurningHome(self.sqlite, self.clock.now - WINDOW)
        here.fuse = self.fuse
        origin: Side = here if towards is Home.AWS else aws
        carrier = Carrier(
            origin, aws if towards is Home.AWS else here, journal, WINDOW,
            tell=self.told.__setitem__,
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


def populate(two: Two, store: Store) -> dict[str, str]:
    """Leads in every state there is; their ids by what they are."""
    clock = two.clock
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
    come("nobody", "dead", delay=now, raw=b'{"nothing":"that makes a lead"}')
    two.work(store, 4, minutes=2)
    come("ada", "ada again", key="another event", record="r-ada" * 99, delay=now)
    come("ada", "update that came too late", key="late", record="r-ada", kind=Kind.UPDATED)
    come("unlucky", delay=now)
    come("deleted", kind=Kind.IGNORED, why="deleted")
    come("stranger", kind=Kind.UPDATED, record="r-unknown")
    store.put([Task(Step.REFINE, named["replayed"].id)], clock.now, note="replayed")
    two.work(store, 1, seconds=1)
    again = [Task(Step.NOTIFY, named["replayed"].id, name, again=True) for name in CHANNELS]
    store.put(again, clock.now + timedelta(hours=1), note="replayed")
    come("held", delay=now)
    assert [c.task.lead_id for c in store.claim(Step.REFINE, 1, LEASE)] == [named["held"].id]
    come("waiting")
    come("spaced", raw=b' {"name":"Spaced","email":"spaced@example.com"} \n', lasting=False)
    form = captured(clock, "form")
    named["form"] = msgspec.structs.replace(
        form, body=b"name=form&email=form%40example.com", media_type="application/x-www-form"
    )
    store.accept([named["form"]])
    head = come("bob", record="r-bob")
    come("robert", key="b1", record="r-bob", kind=Kind.UPDATED)
    come("bobby", key="b2", record="r-bob", kind=Kind.UPDATED)
    store.accept([captured(clock, "bob", record="r-bob"), captured(clock, "bob", record="r-bob")])
    store.accept([captured(clock, "robert", key="b1", record="r-bob", kind=Kind.UPDATED)])
    assert head is named["bob"]
    store.hold("slack", clock.now + timedelta(minutes=1))
    return {what: lead.id for what, lead in named.items()}


def waits(families: Mapping[str, Family]) -> dict[tuple[str, Step, str], datetime]:
    """When each task is due."""
    return {
        (lead.lead_id, task.step, task.channel): task.due_at
        for family in families.values()
        for lead in family.leads
        for task in lead.tasks
        if task.dead_at is None
    }
