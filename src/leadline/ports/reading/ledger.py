"""The read side of a store, for the command line, and metrics."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from leadline.model.handling import Handling
from leadline.model.lead import RefinedLead, Status
from leadline.model.monitoring.attempts import AttemptRecord
from leadline.model.personal_data.privacy import DataHold
from leadline.model.task import Alert, Step, Task
from leadline.ports.reading.listing import Listing


class LeadFilter(msgspec.Struct, frozen=True):
    """Selects leads that meet all conditions given, newest first.

    `search` is looked for in name, e-mail and company (in the embedded store also in the telephone
    number, and as the id of a record), in the raw text of leads that are not
    refined yet, and at the beginning of ids (from eight digits on also at the end), ignoring case.
    `dead` selects leads with a dead letter of any step, `reason` those with a dead letter of that
    reason. `unowned` selects refined leads (`UNOWNED_STATUSES`) without a known owner. Events that
    made no lead are included only if they are asked for: by id, by status, or with `events`.
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
"""The statuses of leads that need an owner; dead letters and spam need none."""


class LeadRow(msgspec.Struct, frozen=True):
    """One lead (or other event) in a list. `score` is `model.facts.scored_leads.score_of`; `hot` is
    whether it reaches `score_hot`, `unscored` whether what scores leads failed for it."""

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
    hot: bool = False
    unscored: bool = False


class TaskRow(msgspec.Struct, frozen=True):
    """A task that waits, is leased to a worker (`held`), or is a dead letter."""

    step: Step
    channel: str
    due_at: datetime
    attempts: int
    failures: int
    leased: bool = msgspec.field(name="held")
    error: str = ""
    dead_at: datetime | None = None
    reason: str | None = None


class Happening(msgspec.Struct, frozen=True):
    """One line of a lead's timeline."""

    at: datetime
    what: str
    detail: str = ""


class RelatedEvent(msgspec.Struct, frozen=True):
    """Another event about the same CRM record, such as an update."""

    lead_id: str
    at: datetime
    kind: str
    fate: str
    why: str
    raw: msgspec.Raw


class LeadStory(msgspec.Struct, frozen=True):
    """Everything about one lead. `refined` is its refined document without the original data,
    `handling` what people and the CRM did with it since.

    `repeated_by` are the ids of later leads of the same person; a store may limit their number.
    `damaged` names the parts whose checksum does not match: `raw` (then a text, not JSON), `body`,
    `refined`, `handling` (then None), `attempts` (then none), or the id of a related event. `hold`
    is the legal hold that the lead is under. `attempts` are the last attempts at its tasks that
    asked a destination or CRM, oldest first.
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
    damaged: tuple[str, ...] = ()
    hold: DataHold | None = None
    attempts: tuple[AttemptRecord, ...] = ()


class DeadGroup(msgspec.Struct, frozen=True):
    """Dead letters of one step with one reason; `example` is the lead id of the newest."""

    step: Step
    reason: str
    count: int
    first_at: datetime
    last_at: datetime
    example: str
    error: str


class Backlog(msgspec.Struct, frozen=True):
    """The numbers of tasks of one step and channel.

    Every task that is not dead is either `waiting` or leased to a worker (`held`). `due` is the
    number of waiting tasks that can be leased now, including tasks whose lease ran out;
    `oldest_due_at` is the earliest due time of these, None if there are none.
    """

    step: Step
    channel: str
    waiting: int
    due: int
    leased: int = msgspec.field(name="held")
    dead: int
    oldest_due_at: datetime | None = None


class Tally(msgspec.Struct, frozen=True):
    """How often something happened to events of one source on one day (UTC)."""

    day: str
    source: str
    what: str
    count: int


class Unaccounted(msgspec.Struct, frozen=True):
    """An accepted event that can't be accounted for. If its id is lost, `lead_id` names a row, or
    a day for which the counts disagree."""

    lead_id: str
    problem: str


Progress = Callable[[str, int, int], None]
"""Is told what is looked at, how many of it have been, and how many there are (0: unknown)."""


def unseen(what: str, done: int, total: int) -> None:
    """The progress of what nobody watches."""


class Account(msgspec.Struct, frozen=True):
    """The accepted events by their state; the counts add up to `accepted`.

    A lead is `alerted` once its NOTIFY tasks have ended, through any channel; later steps don't
    change that. `untold` are refined leads for which no channel was chosen, `alerting` those whose
    alert waits, and `alert_dead` those whose alert is a dead letter. `redelivered` and `duplicates`
    are not part of the sum: redeliveries make no events, and duplicates are counted as refined.
    `unchecked` is the number of bodies and documents that a deep check skipped, because an earlier
    version wrote them without a checksum. `retired` are leads whose dead letter retention deleted
    before they were ever refined; a lead that lost only its data stays where it is.
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
    unchecked: int = 0
    retired: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every accepted event is accounted for."""
        places = (
            self.waiting + self.alerted + self.alerting + self.alert_dead + self.untold
            + self.quarantined + self.filtered + self.folded + self.dead + self.retired
        )  # fmt: skip
        return not self.unaccounted and places == self.accepted


def searchable(words: str) -> str:
    """The text in the form that a search compares: without case, and with JSON escapes decoded."""
    if "\\u" in words:
        try:
            plain: str = msgspec.json.encode(msgspec.json.decode(words)).decode()
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return words.casefold()
        return plain.casefold()
    return words.casefold()


def id_digits(prefix: str) -> str:
    """The hexadecimal digits of the beginning of an id; "" if no id can begin like this."""
    digits = prefix.replace("-", "").lower()
    return "" if len(digits) > 32 or set(digits) - set("0123456789abcdef") else digits


class Followed(msgspec.Struct, frozen=True):
    """A refined lead with its handling. Only the fields of `lead` that targets need and its
    experiments are certain to be filled in. `told_at` is the time of the first alert; `moved` is
    whether an operator changed the lead's wait; `repeats` is the lead that it duplicates ("":
    none)."""

    lead: RefinedLead
    handling: Handling
    told_at: datetime | None
    moved: bool = False
    repeats: str = ""


class Ledger(Listing, Protocol):
    """The read side of a store."""

    def find(self, which: LeadFilter) -> Sequence[LeadRow]:
        """The selected leads, newest first.

        For `unowned`, a store may examine only the newest leads of each day and return fewer leads
        than there are, because somebody waits in Slack for the answer.
        """

    def ids(self, which: LeadFilter) -> Sequence[str]:
        """The ids of all selected leads, in the order of capture; the limit is ignored."""

    def complete(self, prefix: str) -> Sequence[str]:
        """Up to ten ids with this prefix, for commands that accept abbreviated ids."""

    def story(self, lead_id: str) -> LeadStory | None:
        """Everything about one lead; None if there is no lead with this id."""

    def dead(self) -> Sequence[DeadGroup]:
        """The dead letters by step and reason, largest group first."""

    def dead_tasks(
        self, lead_ids: Sequence[str], reason: str | None = None
    ) -> Mapping[str, Sequence[Task]]:
        """The dead letters of these leads, of every step, by lead id; only those with *reason* if
        it is given. Leads without any are left out."""

    def backlog(self, now: datetime) -> Sequence[Backlog]:
        """The numbers of waiting, leased and dead tasks, by step and channel."""

    def untold_since(self, now: datetime) -> datetime | None:
        """See `ports.store.Queue.untold_since`; includes alerts of every channel."""

    def followed(self, which: LeadFilter) -> Iterator[Followed]:
        """The selected refined leads with their handlings, newest first, up to the limit and
        without quarantined ones. Only the filter's source and times are sure to be applied."""

    def on_hold(self) -> Sequence[str]:
        """The ids of the leads whose wait is on hold (see `leadline.operations.repair.waits`)."""

    def tallies(self) -> Sequence[Tally]:
        """The running counts, oldest day first."""

    def account(self, *, deep: bool = False, progress: Progress = unseen) -> Account:
        """Look for every accepted event, in one consistent snapshot of the store; *deep* also reads
        every raw text. It may take minutes: *progress* is told how far it is."""

    def close(self) -> None:
        """Close the store."""
