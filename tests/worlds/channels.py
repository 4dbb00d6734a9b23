"""Channels that say what tests want them to say, in front of the real writers, and an office that
uses them."""

import json
import math
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from leadline.alerts.sending import deliver_due
from leadline.alerts.updating import update_due
from leadline.channels.slack.writer import SlackWriter
from leadline.kit import Kit
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.retry import RetryPolicy
from leadline.model.task import Alert, Done, Later, Step, Task
from leadline.ports.channel import Channel
from leadline.ports.messenger import Busy, Messenger, Refused, Sent, Unreachable
from leadline.ports.store import Settlement, Store
from leadline.team.matching.routing import Routes
from tests.worlds.killed_process import Killed
from tests.worlds.leads import LEASE, HandClock, captured, refined

Answered = Sent | Refused | Busy | Unreachable
NEVER_S = 86_400.0


def slack_channel(messenger: Messenger, name: str = "slack", **settings: Any) -> Channel:
    """A channel that says what a Slack webhook is told."""
    return Channel(name=name, writer=SlackWriter(), messenger=messenger, **settings)


def bot_channel(messenger: Messenger, name: str = "slack", **settings: Any) -> Channel:
    """A channel that says what a Slack bot is told."""
    writer = SlackWriter(bot=True, room="C0SALES")
    return Channel(name=name, writer=writer, messenger=messenger, **settings)


class ScriptedMessenger:
    """A destination that answers as it is told, and remembers what it accepted.

    While it is `down` it answers that; else the `replies` come first, then everything is accepted.
    Each accepted message has a ref of its own; one that *loses_answers* accepts all the same.
    Changes are kept apart, in `changed`. `during` is called while a message is under way; where it
    *dies*, the worker ends when the message has arrived.
    """

    def __init__(self, *, tells: bool = True) -> None:
        self.tells = tells
        self.replies: list[Answered] = []
        self.accepted: list[dict[str, Any]] = []
        self.changed: list[dict[str, Any]] = []
        self.is_down: Answered | None = None
        self.loses_answers = False
        self.dies = False
        self.during: Callable[[], object] = lambda: None
        self.tries = 0
        self.asked = 0

    def send(self, message: bytes) -> Answered:
        """See `ports.messenger.Messenger.send`."""
        self.tries += 1
        self.during()
        reply = self.is_down or (self.replies.pop(0) if self.replies else Sent())
        if not isinstance(reply, Sent):
            return reply
        method, body = self._read(message)
        (self.changed if method == "chat.update" else self.accepted).append(body)
        if self.dies:
            raise Killed
        if self.loses_answers:
            return Unreachable("answer.lost")
        return Sent(self._ref(len(self.accepted)))

    def find(self, message: bytes) -> Sent | None:
        """See `ports.messenger.Messenger.find`."""
        self.asked += 1
        wanted = self._read(message)[1]["metadata"]["event_payload"]
        for number, found in enumerate(self.payloads, 1):
            if self.tells and found == wanted:
                return Sent(self._ref(number))
            if self.tells and wanted["lead_id"] in [i["lead_id"] for i in found.get("leads", ())]:
                return Sent()
        return None

    @staticmethod
    def _read(message: bytes) -> tuple[str, dict[str, Any]]:
        read = json.loads(message)
        return read.get("method", ""), read.get("body", read)

    @staticmethod
    def _ref(number: int) -> str:
        return f"C0SALES/{number}.000000"

    @property
    def payloads(self) -> list[dict[str, Any]]:
        """What programs are told of each accepted message."""
        return [m["metadata"]["event_payload"] for m in self.accepted]

    @property
    def lead_ids(self) -> list[str]:
        """The leads of which it was told, each as often as it was."""
        return [lead["lead_id"] for p in self.payloads for lead in p.get("leads", [p])]

    @property
    def templates(self) -> list[str]:
        """The templates of the accepted messages."""
        return [p["template"] for p in self.payloads]


class AlertOffice:
    """Refined leads in a store, channels that tell of them, and time that passes when it is told
    to. `kit` may be replaced by one with other settings."""

    def __init__(self, store: Store, clock: HandClock, **settings: Any) -> None:
        self.store, self.clock = store, clock
        self.slack, self.mail = ScriptedMessenger(), ScriptedMessenger()
        defaults: dict[str, Any] = {
            "channels": {
                "slack": slack_channel(self.slack, fallback="mail"),
                "mail": slack_channel(self.mail, "mail"),
            },
            "retry": RetryPolicy(timedelta(seconds=2), timedelta(minutes=1), attempts=25),
            "routes": Routes(usual=("slack",)),
        }
        self.kit = Kit(
            store=store, sources={}, clock=clock, chance=lambda: 0.5, **(defaults | settings)
        )
        self._names = 0
        self._waits: dict[tuple[Step, str], float] = {}

    def leads(self, count: int, handling: Handling | None = None) -> list[str]:
        """New refined leads of which Slack is to be told."""
        made = []
        for _ in range(count):
            self._names += 1
            made.append(captured(self.clock, f"person{self._names}", delay=timedelta()))
        self.store.accept(made)
        by_id = {lead.id: lead for lead in made}
        while leases := self.store.lease(Step.REFINE, 60, LEASE):
            done = [
                Done(
                    refined=refined(by_id[c.task.lead_id], self.clock, name="Ada"),
                    then=(Task(Step.NOTIFY, c.task.lead_id, "slack"),),
                    handling=handling,
                )
                for c in leases
            ]
            pairs = zip(leases, done, strict=True)
            assert all(self.store.settle([Settlement(c, d) for c, d in pairs]))
        return [lead.id for lead in made]

    def lead(self, handling: Handling | None = None) -> str:
        """One new lead of which Slack is to be told."""
        (made,) = self.leads(1, handling)
        return made

    def hand(self, lead_id: str, after: Handling, *, tell: str = "slack") -> None:
        """Have a lead handled otherwise from now on, and the channel's message changed."""
        before = self.store.handling([lead_id]).get(lead_id, UNHANDLED)
        then = [Later(Task(Step.UPDATE, lead_id, tell))] if tell else []
        assert self.store.handle(lead_id, before, after, then)

    def alerts(self, lead_id: str) -> list[Alert]:
        """Every message that is remembered of a lead."""
        return list(self.store.alerts([lead_id]).get(lead_id, ()))

    def turn(self) -> None:
        """Say all that can be said now."""
        for step, speak in ((Step.NOTIFY, deliver_due), (Step.UPDATE, update_due)):
            for name in self.kit.channels:
                while (wait := speak(self.kit, name)) == timedelta():
                    pass
                self._waits[step, name] = wait.total_seconds() if wait else 0.0

    def wait(self, **span: float) -> None:
        """Let time pass, saying all the while what can be said; moments in which nothing can be
        due are skipped."""
        left = timedelta(**span).total_seconds()
        while left > 0:
            step = max(1.0, min(left, *map(math.ceil, self._soonest())))
            self.clock.advance(seconds=step)
            left -= step
            self.turn()

    def _soonest(self) -> Iterator[float]:
        for step in (Step.NOTIFY, Step.UPDATE):
            for name in self.kit.channels:
                at = self.store.next_due(step, name)
                due = (at - self.clock.now).total_seconds() if at else NEVER_S
                yield max(due, self._waits.get((step, name), 0.0))

    def waiting(self, channel: str = "slack", step: Step = Step.NOTIFY) -> bool:
        """Whether any task of a channel still lives."""
        return self.store.next_due(step, channel) is not None
