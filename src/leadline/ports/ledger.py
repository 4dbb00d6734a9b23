"""Read-only questions about leads, asked by the command line, the metrics and the dashboard."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from leadline.model.handling import Handling
from leadline.model.lead import RefinedLead, Status
from leadline.model.task import Alert, Step, Task


class LeadFilter(msgspec.Struct, frozen=True):
    """Which leads: all that fit every part that is given; newest first.

    `search` is looked for in name, e-mail and company, in the raw words of a lead that is not
    refined yet, and at the beginning of ids; case does not matter. `dead` wants a dead letter of
    any step, `reason` one with that reason. `unowned` wants refined leads (`UNOWNED_STATUSES`) of
    which no owner is known. Events that made no lead are among the answers only
    when they are asked for: by id, by status, or with `events`.
    """

    ids: tuple[str, ...] = ()
    status: Status | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    search: str | None = None
    reason: str | None = None
    dead: bool = False
    unowned: bool = False
    events: bool = False
    limit: int = 50


UNOWNED_STATUSES = (Status.REFINED, Status.ALERTED)
"""Where a lead may be that wants an owner: dead letters and spam do not."""


class LeadRow(msgspec.Struct, frozen=True):
    """One lead (or other event) in a list."""

    lead_id: str
    captured_at: datetime
    source: str
    status: Status
    why: str = ""
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    owner: str | None = None
    score: float | None = None
    duplicate_of: str | None = None


class TaskRow(msgspec.Struct, frozen=True):
    """A task that waits, is held by a worker, or is dead."""

    step: Step
    channel: str
    due_at: datetime
    attempts: int
    failures: int
    held: bool
    error: str = ""
    dead_at: datetime | None = None
    reason: str | None = None


class Happening(msgspec.Struct, frozen=True):
    """One line of a lead's timeline."""

    at: datetime
    what: str
    detail: str = ""


class RelatedEvent(msgspec.Struct, frozen=True):
    """Another event about the same CRM record: an update, or one that came too late."""

    lead_id: str
    at: datetime
    kind: str
    fate: str
    why: str
    raw: msgspec.Raw


class LeadStory(msgspec.Struct, frozen=True):
    """Everything about one lead; `refined` is its whole document, without the original data,
    `handling` what people and the CRM made of it since.

    `repeated_by` are the ids of later leads of the same person, as many as a person can take in.
    """

    row: LeadRow
    raw: msgspec.Raw
    media_type: str
    record: str | None
    timeline: tuple[Happening, ...]
    tasks: tuple[TaskRow, ...]
    alerts: tuple[Alert, ...]
    related: tuple[RelatedEvent, ...]
    refined: msgspec.Raw | None = None
    repeated_by: tuple[str, ...] = ()
    handling: Handling | None = None


class DeadGroup(msgspec.Struct, frozen=True):
    """Dead letters of one step with one reason; `example` is the newest."""

    step: Step
    reason: str
    count: int
    first_at: datetime
    last_at: datetime
    example: str
    error: str


class Backlog(msgspec.Struct, frozen=True):
    """What one step has before it.

    Every task that is not dead either waits or is held by a worker. Of those that wait, `due`
    could be claimed now, as one whose worker died could; `oldest_due_at` is None when none could.
    """

    step: Step
    channel: str
    waiting: int
    due: int
    held: int
    dead: int
    oldest_due_at: datetime | None = None


class Tally(msgspec.Struct, frozen=True):
    """How often something happened to events of one source on one day (UTC)."""

    day: str
    source: str
    what: str
    count: int


class Unaccounted(msgspec.Struct, frozen=True):
    """An accepted event of which nobody can say what became; or, where no id is left of it, a
    row or a day on which the counts don't agree."""

    lead_id: str
    problem: str


class Account(msgspec.Struct, frozen=True):
    """Where all accepted events are: the counts add up to `accepted`.

    A lead is alerted when its NOTIFY tasks have ended, through whatever channel; what becomes of
    the steps after that moves it nowhere. `untold` are refined leads that no channel was to hear
    of; `alerting` those whose alert waits; `alert_dead` those whose alert is a dead letter.
    `redelivered` and `duplicates` are not part of the sum: the first made no event, the second are
    among the refined.
    """

    accepted: int
    waiting: int
    alerted: int
    alerting: int
    alert_dead: int
    untold: int
    quarantined: int
    filtered: int
    folded: int
    dead: int
    redelivered: int
    duplicates: int
    unaccounted: tuple[Unaccounted, ...]

    @property
    def balanced(self) -> bool:
        """Whether every accepted event is somewhere."""
        places = (
            self.waiting + self.alerted + self.alerting + self.alert_dead + self.untold
            + self.quarantined + self.filtered + self.folded + self.dead
        )  # fmt: skip
        return not self.unaccounted and places == self.accepted


def searchable(words: str) -> str:
    """Words as a search compares them: without their case, JSON's escapes taken for what they
    stand for."""
    if "\\u" in words:
        try:
            plain: str = msgspec.json.encode(msgspec.json.decode(words)).decode()
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return words.casefold()
        return plain.casefold()
    return words.casefold()


def id_digits(prefix: str) -> str:
    """The hexadecimal digits of what may be the beginning of an id; "" when no id begins so."""
    digits = prefix.replace("-", "").lower()
    return "" if len(digits) > 32 or set(digits) - set("0123456789abcdef") else digits


class Followed(msgspec.Struct, frozen=True):
    """A refined lead with what became of it. Of `lead` only what targets ask for is sure to be
    there. `told_at` is when the first channel was told; `moved` is whether somebody changed its
    wait."""

    lead: RefinedLead
    handling: Handling
    told_at: datetime | None
    moved: bool = False


class Ledger(Protocol):
    """The read side of a store."""

    def find(self, which: LeadFilter) -> Sequence[LeadRow]:
        """The leads that fit, newest first.

        Somebody waits in Slack for `unowned` leads, so a store may look for those among the newest
        leads of each day alone, and then gives fewer than there are.
        """

    def ids(self, which: LeadFilter) -> Sequence[str]:
        """The ids of all that fit, in the order of their capture, whatever the limit says."""

    def complete(self, prefix: str) -> Sequence[str]:
        """Up to ten ids that begin so, for people who don't type whole ones."""

    def story(self, lead_id: str) -> LeadStory | None:
        """Everything about one lead; None when there is none of this id."""

    def dead(self) -> Sequence[DeadGroup]:
        """The dead letters, largest group first."""

    def dead_tasks(
        self, lead_ids: Sequence[str], reason: str | None = None
    ) -> Mapping[str, Sequence[Task]]:
        """The dead letters of these leads, of every step, or of those with this reason; a lead
        without one is left out."""

    def backlog(self, now: datetime) -> Sequence[Backlog]:
        """What each step has before it."""

    def followed(self, which: LeadFilter) -> Iterator[Followed]:
        """The refined leads that fit, newest first and no more than the limit says, with what
        became of each; none of the spam. What the filter says beyond source and time is not
        promised."""

    def held(self) -> Sequence[str]:
        """The ids of the leads whose wait somebody holds (see `leadline.operations.waits`)."""

    def tallies(self) -> Sequence[Tally]:
        """The running counts, oldest day first."""

    def account(self, *, deep: bool = False) -> Account:
        """Look for every accepted event; *deep* also reads every raw text. One state of the
        store, however long it takes."""

    def close(self) -> None:
        """Let go of the store."""
