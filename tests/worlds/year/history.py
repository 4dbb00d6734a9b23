"""The history of a year: what was asked of Leadline, what it answered, and what it told.

It is a list of events in the order of time, which can be written as JSON lines; the judge
(`tests.worlds.year.judge`) reads nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import msgspec


class Began(msgspec.Struct, frozen=True, tag="began"):
    """The settings (TOML) with which it began."""

    at: datetime
    settings: str


class Posted(msgspec.Struct, frozen=True, tag="posted"):
    """A lead that a sender posted, and the id in the answer."""

    at: datetime
    source: str
    body: Mapping[str, str | int]
    lead: str


class CrmSaid(msgspec.Struct, frozen=True, tag="crm"):
    """An answer of the CRM about a record: its owner (a name from `[people]`; "" for none) and how
    it ended; not *there* if the CRM has no such record yet."""

    at: datetime
    record: str
    there: bool = True
    owner: str = ""
    ending: str = ""


class Skip(msgspec.Struct, frozen=True):
    """Somebody who was passed over, and the code of why."""

    person: str
    why: str


class Look(msgspec.Struct, frozen=True):
    """A rule that was looked at, and the condition that failed ("" if none did)."""

    rule: str
    failed: str = ""


class Decided(msgspec.Struct, frozen=True, tag="decided", kw_only=True):
    """A decision as `leadline why` tells it."""

    at: datetime
    lead: str
    how: str
    person: str = ""
    team: str = ""
    rule: str = ""
    rules: tuple[Look, ...] = ()
    skipped: tuple[Skip, ...] = ()
    before: str = ""
    waits: bool = False
    channel: str = ""


class Alerted(msgspec.Struct, frozen=True, tag="alerted"):
    """A message about a lead in a channel, whom it names as its owner, and its text."""

    at: datetime
    channel: str
    lead: str
    owner: str
    text: str = ""


class Commanded(msgspec.Struct, frozen=True, tag="commanded"):
    """A command about a person: `away` (until a time, or for good) or `back`."""

    at: datetime
    verb: str
    person: str
    until: datetime | None = None


class Pressed(msgspec.Struct, frozen=True, tag="pressed"):
    """A button that a person pressed under a lead: `junk`, `claim` or `next`."""

    at: datetime
    verb: str
    person: str
    lead: str


class Disturbed(msgspec.Struct, frozen=True, tag="disturbed"):
    """A worker that was killed, or a lead that was replayed: it should make no difference."""

    at: datetime
    what: str
    lead: str = ""


class Counted(msgspec.Struct, frozen=True, tag="counted"):
    """What the program says at the end that a person of a team has got: the open leads, and what
    they are owed, in leads."""

    at: datetime
    team: str
    person: str
    open: int
    owed: float


class Owned(msgspec.Struct, frozen=True, tag="owned"):
    """Who has a lead at the end, as the program says ("" for nobody)."""

    at: datetime
    lead: str
    owner: str


Event = (
    Began | Posted | CrmSaid | Decided | Alerted | Commanded | Pressed | Disturbed | Counted | Owned
)


def write(events: Iterable[Event], path: Path) -> None:
    """Write a history as JSON lines."""
    path.write_bytes(b"".join(msgspec.json.encode(event) + b"\n" for event in events))


def read(path: Path) -> Iterator[Event]:
    """The events of a history that was written."""
    decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
    for line in path.read_bytes().splitlines():
        yield decoder.decode(line)
