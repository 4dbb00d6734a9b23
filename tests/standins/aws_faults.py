"""AWS that fails when told to: before a call has an effect, after it, for good, or in turns.

A *call* here is one logical request of a store; what `Caller` repeats by itself counts once.
"""

import itertools
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

import msgspec

from leadline.kit import Kit
from leadline.model.lead import CapturedLead
from leadline.model.task import Step, Task
from leadline.net.aws.calls import AwsFailed, Caller
from leadline.net.aws.signing import Keys
from leadline.net.reply import HttpReply
from leadline.ports.clock import Clock
from leadline.ports.messenger import Busy, Messenger, Refused, Sent, Unreachable
from leadline.ports.source import Source
from leadline.settings.connected.sources import SourceConfig
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.clocks.message_queues import Queues
from leadline.stores.aws.items import LeadItem, lead_of
from leadline.stores.aws.keys import LEAD
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.sweep.sweep import Swept, sweep
from leadline.stores.aws.table import Table
from leadline.stores.aws.work.batch_store import BatchStore
from leadline.team.matching.routing import Routes
from leadline.vendors.generic.webhook import Generic
from tests.worlds.aws_resources import PATIENCE_S, REGION, AwsResources
from tests.worlds.channels import slack_channel
from tests.worlds.killed_process import Killed

SENT = Sent()
P = TypeVar("P")
T = TypeVar("T")


class AwsFault(StrEnum):
    """What happens at a call."""

    REFUSED = "refused before it had an effect"
    LOST = "the answer got lost for good"
    REPEATED = "the answer got lost, and the request was sent once more"
    DEATH = "the process died before it"


class FaultyCaller(Caller):
    """Does something at the call number *at* (from 0): a fault, or a hook that runs before it."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(REGION, lambda: Keys("test", "test"), endpoint, PATIENCE_S)
        self.calls: list[str] = []
        self.at: int | None = None
        self.what: AwsFault | Callable[[], object] = AwsFault.REFUSED
        self.dead = False
        self.forbidden = ""
        """Part of the keys of documents that S3 does not give."""
        self.broken = ""
        """A service, or a service and a method, that refuses everything."""
        self.sent: list[dict[str, Any]] = []
        """What was sent to queues."""
        self.turn: Callable[[], AbstractContextManager[object]] = nullcontext
        """Around every call."""
        self._lock = threading.Lock()

    def plan(self, at: int, what: AwsFault | Callable[[], object]) -> None:
        """Count calls anew, and do this at that one."""
        self.calls, self.at, self.what = [], at, what

    def call(self, service: str, method: str, path: str, *rest: Any, **named: Any) -> HttpReply:
        with self.turn():
            return self._call(service, method, path, *rest, **named)

    def _call(self, service: str, method: str, path: str, *rest: Any, **named: Any) -> HttpReply:
        with self._lock:
            number = len(self.calls)
            target = (named.get("headers") or {}).get("x-amz-target", f"{method} {path[-60:]}")
            self.calls.append(f"{service} {target}")
        if self.dead:
            raise Killed
        if self.broken and f"{service} {method}".startswith(self.broken):
            raise AwsFailed(f"{service} {method}", "ServiceUnavailable")
        if target == "AmazonSQS.SendMessage":
            self.sent.append(msgspec.json.decode(rest[0]))
        if self.forbidden and service == "s3" and method == "GET" and self.forbidden in path:
            return HttpReply(403, {}, b"<Error><Code>AccessDenied</Code></Error>")
        call = partial(super().call, service, method, path, *rest, **named)
        if number != self.at:
            return call()
        if callable(self.what):
            self.what()
            return call()
        if self.what is AwsFault.DEATH:
            self.dead = True
            raise Killed
        if self.what is AwsFault.REFUSED:
            raise AwsFailed(f"{service} {method}", "InternalServerError")
        reply = call()
        if self.what is AwsFault.LOST:
            raise AwsFailed(f"{service} {method}", "")
        assert reply.status < 500
        return call()


class ToldSlack:
    """A destination that says what it is told to say, and keeps what it accepted."""

    def __init__(self, says: Sent | Refused | Busy | Unreachable = SENT) -> None:
        self.says = says
        self.sent: list[bytes] = []

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.messenger.Messenger.send`."""
        if isinstance(self.says, Sent):
            self.sent.append(message)
        return self.says

    def find(self, message: bytes) -> Sent | None:
        """See `ports.messenger.Messenger.find`."""
        return None


class Actor:
    """One process that works in shared rooms by a connection of its own."""

    def __init__(self, rooms: AwsResources, clock: Clock) -> None:
        self.rooms, self.clock = rooms, clock
        self.caller = FaultyCaller(rooms.endpoint)
        self.table = Table(self.caller, rooms.table.name)
        self.bucket = Bucket(self.caller, rooms.bucket.name)
        self.queues = Queues(self.caller, rooms.urls, rooms.dead_urls)
        self.store = AwsStore(self.table, self.bucket, self.queues, clock=clock)

    def handed(self, *tasks: Task) -> BatchStore:
        """The store as a function sees it that was woken for these tasks."""
        return BatchStore(self.table, self.bucket, self.queues, clock=self.clock, tasks=tasks)

    def kit(self, *tasks: Task, slack: Messenger | None = None) -> Kit:
        """The back half of a function that was woken for these tasks."""
        sources: dict[str, Source] = {"generic": Generic(SourceConfig())}
        return Kit(
            self.handed(*tasks),
            sources,
            {"slack": slack_channel(slack or ToldSlack())},
            self.clock,
            lambda: 0.5,
            routes=Routes(usual=("slack",)),
        )

    def swept(self) -> Swept:
        """The sweep, with all the time that it wants."""
        return sweep(self.store, self.queues, [(Step.NOTIFY, "slack")], lambda: True)

    def visible(self) -> dict[str, Any]:
        """All that readers see: every item, but for the names of writes, and what is refined."""
        items = {(i["pk"], i["sk"]): i for i in self.table.scan()}
        for item in items.values():
            item.pop("write", None)
        refined = [i for i, lead in self.leads().items() if lead.summary is not None]
        return {"items": items, "refined": self.store.documents(refined)}

    def items(self, prefix: str) -> dict[str, dict[str, Any]]:
        """Keys and leads by the rest of their partition key."""
        found = (i for i in self.table.scan() if i["pk"].startswith(prefix))
        return {i["pk"][2:]: i for i in found if i["sk"] in (LEAD, "key")}

    def leads(self) -> dict[str, LeadItem]:
        """Every event that the table has."""
        return {i: lead_of(item) for i, item in self.items("L#").items()}

    def raws(self) -> set[str]:
        """The ids of raw documents."""
        keys = self.bucket.keys("raw/")
        return {key.rpartition("/")[2].removesuffix(".json") for key in keys}

    def messages(self, step: Step = Step.REFINE) -> int:
        """How many messages wait in a queue."""
        return sum(self.queues.depths(self.queues.url_of(step)).values())

    def close(self) -> None:
        """Close its connections."""
        self.caller.close()


@contextmanager
def world(moto: str, clock: Clock, actors: int = 2) -> Iterator[list[Actor]]:
    """Empty rooms, and who acts in them."""
    with closing(AwsResources(moto)) as rooms:
        made = [Actor(rooms, clock) for _ in range(actors)]
        yield made
        for actor in made:
            actor.close()


def failing_anywhere(
    moto: str,
    clock: Clock,
    what: AwsFault | Callable[[Actor], object],
    prepare: Callable[[Actor], P],
    act: Callable[[Actor, P], T],
) -> Iterator[tuple[Actor, P, T | None]]:
    """An act in new rooms for each of its calls, with a fault at that call, or with another actor
    who does something before it; at last with none. Gives who may look, what was prepared, and what
    the act returned, None when it was kept from returning."""
    for at in itertools.count():
        with world(moto, clock) as (one, other):
            prepared = prepare(other)
            one.caller.plan(at, what if isinstance(what, AwsFault) else partial(what, other))
            returned = outcome(partial(act, one, prepared))
            yield other, prepared, returned
            if len(one.caller.calls) <= at:
                return


def outcome(act: Callable[[], T]) -> T | None:
    """What it returns; None when AWS or death kept it from returning."""
    try:
        return act()
    except (AwsFailed, Killed):
        return None


def named(lead: CapturedLead) -> CapturedLead:
    """The lead with an id of its own time: ids of a process never go back, but tests do."""
    return msgspec.structs.replace(lead, id=id_at(lead.captured_at))


def id_at(at: datetime) -> str:
    """An id of version 7 for this time."""
    number = uuid.uuid4().int & ~(0xFFFFFFFFFFFF << 80) & ~(0xF << 76)
    return str(uuid.UUID(int=number | int(at.timestamp() * 1000) << 80 | 0x7 << 76))


class Interleaving:
    """Lets several actors go on one call at a time, in the order that a schedule says.

    An actor that the schedule does not name any more goes on when the others are done.
    """

    def __init__(self, schedule: Sequence[int]) -> None:
        self._schedule = list(schedule)
        self._waiting: set[int] = set()
        self._active: set[int] = set()
        self._go: int | None = None
        self._change = threading.Condition()

    def run(self, actors: Sequence[Actor], acts: Sequence[Callable[[Actor], T]]) -> list[T]:
        """Let all of them act; what each returned."""
        returned: dict[int, T] = {}
        errors: list[BaseException] = []

        def live(number: int) -> None:
            try:
                returned[number] = acts[number](actors[number])
            except BaseException as error:
                errors.append(error)
            finally:
                with self._change:
                    self._active.discard(number)
                    self._change.notify_all()

        numbers = range(len(acts))
        self._active = set(numbers)
        for number in numbers:
            actors[number].caller.turn = partial(self._turn, number, threading.Lock())
        threads = [threading.Thread(target=live, args=(number,), daemon=True) for number in numbers]
        for thread in threads:
            thread.start()
        self._direct()
        for thread in threads:
            thread.join()
        for number in numbers:
            actors[number].caller.turn = nullcontext
        if errors:
            raise errors[0]
        return [returned[number] for number in numbers]

    @contextmanager
    def _turn(self, number: int, one_call: threading.Lock) -> Iterator[None]:
        """A call of an actor, which may have several threads."""
        with one_call:
            with self._change:
                self._waiting.add(number)
                self._change.notify_all()
                assert self._change.wait_for(lambda: self._go == number, timeout=60)
                self._go = None
                self._waiting.discard(number)
            yield

    def _direct(self) -> None:
        """Whenever all who live wait at a call, let the next one do it."""
        with self._change:
            while True:
                stands = self._change.wait_for(
                    lambda: self._go is None and self._waiting == self._active, timeout=30
                )
                assert stands, "an actor neither calls nor ends"
                if not self._active:
                    return
                choice = self._schedule.pop(0) if self._schedule else min(self._active)
                living = sorted(self._active)
                self._go = choice if choice in self._active else living[choice % len(living)]
                self._change.notify_all()
