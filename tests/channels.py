"""Channels that say what tests want them to say, in front of the real writers."""

import json
from typing import Any

from leadline.deliver.channel import Channel
from leadline.deliver.slack import SlackWriter
from leadline.ports import Busy, Messenger, Refused, Sent, Unreachable

Answered = Sent | Refused | Busy | Unreachable


def slack_channel(messenger: Messenger, name: str = "slack", **settings: Any) -> Channel:
    """A channel that says what a Slack webhook is told."""
    return Channel(name=name, writer=SlackWriter(), messenger=messenger, **settings)


class Scripted:
    """A destination that answers as it is told, and remembers what it accepted.

    *down* answers everything; else the `replies` come first, then everything is accepted. Each
    accepted message has a ref of its own. `lost` messages arrive although the answer says that they
    did not; `find` finds those, and all others.
    """

    def __init__(self, name: str = "slack") -> None:
        self.name = name
        self.replies: list[Answered] = []
        self.accepted: list[dict[str, Any]] = []
        self.down: Answered | None = None
        self.loses_answers = False
        self.tells = True
        self.tries = 0
        self.asked = 0

    def send(self, message: bytes) -> Answered:
        """See `ports.Messenger.send`."""
        self.tries += 1
        reply = self.down or (self.replies.pop(0) if self.replies else Sent())
        if isinstance(reply, Sent):
            self.accepted.append(json.loads(message))
            if self.loses_answers:
                return Unreachable("answer.lost")
            return Sent(f"{self.name}/{len(self.accepted)}")
        return reply

    def find(self, message: bytes) -> Sent | None:
        """See `ports.Messenger.find`."""
        self.asked += 1
        wanted = json.loads(message)["metadata"]["event_payload"]
        for number, accepted in enumerate(self.accepted, 1):
            if self.tells and accepted["metadata"]["event_payload"] == wanted:
                return Sent(f"{self.name}/{number}")
        return None

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
