"""Steps, tasks, leases, alerts, and the outcomes of tasks, which `Queue.settle` carries out."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum

import msgspec

from leadline.model.facts.likeness import Traits
from leadline.model.handling import Handling
from leadline.model.lead import RefinedLead
from leadline.model.staff.assigning import Documents


class Addressee(Enum):
    """What `Task.channel` names: nothing (LEAD), a channel to which messages are sent, a source
    whose CRM is written to, or an ad network that is told of leads."""

    LEAD = "lead"
    CHANNEL = "channel"
    CRM = "crm"
    AD_NETWORK = "ad_network"


class StepRow(msgspec.Struct, frozen=True):
    """The description of a step.

    `function` is the function that does due tasks, as "module:name"; `leadline.steps` imports it
    and documents its parameters. `batched` is whether one message or request may do several tasks,
    so that a wake-up for one task may do others too. `needs` is the table (or property) of settings
    without which no such tasks exist. `event_name` is the word in timelines and running counts for
    a message that ended a task of this step, `metric` the CloudWatch metric that counts those
    messages; both are "" for a step that sends none.
    """

    function: str
    addressee: Addressee = Addressee.LEAD
    batched: bool = False
    needs: str = ""
    event_name: str = ""
    metric: str = ""


class Step(StrEnum):
    """What a task does; each step has a row that describes it.

    REFINE refines the lead when the wait is over. FIRST_LOOK scores it before that, and ends the
    wait of a hot one. NOTIFY alerts a channel, once. UPDATE brings a
    channel's message up to date. REMIND reminds a channel that a lead still waits for its first
    response. ASSIGN gives a refined lead that nobody has to somebody of a team. LOOK_UP asks the
    CRM again. CLOCK checks whether the first response is late. WRITE_BACK writes refined fields to
    the CRM. PUSH tells an ad network which stages the lead has reached.
    """

    row: StepRow

    def __new__(cls, value: str, *row: StepRow) -> "Step":
        """Create a member with its stored value and its row. The row is a rest parameter only so
        that type checkers accept `Step(value)`, which looks a member up."""
        step = str.__new__(cls, value)
        step._value_ = value
        (step.row,) = row
        return step

    REFINE = "refine", StepRow("leadline.journey.refinement.refining:refine_due")
    FIRST_LOOK = (
        "first_look",
        StepRow("leadline.journey.refinement.first_look:look_due", needs="looks_first"),
    )
    NOTIFY = (
        "notify",
        StepRow(
            "leadline.alerts.sending:deliver_due",
            Addressee.CHANNEL,
            batched=True,
            event_name="alerted",
            metric="Alerted",
        ),
    )
    UPDATE = (
        "update",
        StepRow("leadline.alerts.updating:update_due", Addressee.CHANNEL, event_name="updated"),
    )
    REMIND = (
        "remind",
        StepRow(
            "leadline.alerts.reminding:remind_due",
            Addressee.CHANNEL,
            needs="targets",
            event_name="reminded",
            metric="Reminded",
        ),
    )
    ASSIGN = "assign", StepRow("leadline.journey.assigning.handing_out:assign_due", needs="rules")
    LOOK_UP = "look_up", StepRow("leadline.journey.responding.follow_up:look_up_due", batched=True)
    CLOCK = (
        "clock",
        StepRow("leadline.journey.responding.response_clock:clock_due", needs="targets"),
    )
    WRITE_BACK = (
        "write_back",
        StepRow(
            "leadline.journey.writing_back.write_back:write_back_due", Addressee.CRM, batched=True
        ),
    )
    PUSH = (
        "push",
        StepRow(
            "leadline.journey.pushing.sending:push_due",
            Addressee.AD_NETWORK,
            batched=True,
            needs="outcomes",
        ),
    )

    @property
    def addressee(self) -> Addressee:
        """What `Task.channel` names for tasks of this step."""
        return self.row.addressee


HOT_STEPS = (Step.REFINE, Step.NOTIFY, Step.ASSIGN)
"""Tasks of these steps are leased before others if their lead is hot."""
UNTOLD_STEPS = (Step.REFINE, Step.NOTIFY)
"""A lead with a task of one of these steps is not refined yet, or its alert is not sent yet."""


class Alert(msgspec.Struct, frozen=True):
    """A message that a destination accepted; `digest` is whether it covered several leads.

    `ref` identifies the message at the destination ("C012/1717.0001" in Slack); "" if it has no
    message ids. `step` is the step of the task that the message ended; stores set it. A message of
    NOTIFY is an alert in the narrow sense.
    """

    lead_id: str
    channel: str
    sent_at: datetime
    template: str
    digest: bool = False
    ref: str = ""
    step: Step = Step.NOTIFY


class Task(msgspec.Struct, frozen=True):
    """One step of one lead. `channel` is the destination of a NOTIFY, UPDATE or REMIND step, the
    source of a WRITE_BACK step, and the ad network of a PUSH step. A lead has at most one task of
    each step and channel.

    With `again`, a NOTIFY step sends an alert even if the channel has sent one already, and an
    UPDATE step sends a new message if the alert cannot be changed; a REFINE step passes it on to
    the updates of alerts.
    """

    step: Step
    lead_id: str
    channel: str = ""
    again: bool = False


class Later(msgspec.Struct, frozen=True):
    """A task that is due `after` this time from when it is put."""

    task: Task
    after: timedelta = timedelta()


class Done(msgspec.Struct, frozen=True):
    """The step succeeded: store its results and put the tasks that follow, in one transaction.

    `then` are due at once, `later` after a pause; a task that waits already is only moved. `note`
    and its `detail` are a line of the timeline.
    `handling` is stored if the lead has none yet. `match_keys` are 16-byte digests for finding
    duplicates, by what they are made from ("email", "phone", "name_company", ...); `traits` are
    stored with them, and `as_of` is when candidates were looked for
    (`ports.store_parts.duplicates`). A `turn` gives the outcome to be stored in place of this one,
    in the same transaction.
    """

    refined: RefinedLead | None = None
    match_keys: Mapping[str, bytes] = {}
    alert: Alert | None = None
    then: tuple[Task, ...] = ()
    later: tuple[Later, ...] = ()
    handling: Handling | None = None
    note: str = ""
    traits: Traits | None = None
    as_of: str = ""
    turn: "Turn | None" = None
    detail: str = ""


class Turn(msgspec.Struct, frozen=True):
    """The last part of a settlement, which is decided in the transaction that stores it, so that
    two workers never take the same turn of a person.

    The store reads the documents `reads`, calls `finish` with them, and stores what it returns in
    the same transaction: the outcome (without another turn), and those of the documents that
    change. It may call `finish` again if one of them has changed meanwhile, so `finish` must be a
    pure function. The outcome that it returns has the match keys, the traits and the first lead of
    the one that it takes the place of; only who has the lead, and what follows from that, may
    differ.
    """

    reads: tuple[str, ...]
    finish: Callable[[Documents], tuple[Done, Documents]]


class Retry(msgspec.Struct, frozen=True):
    """Run the task again after a pause.

    `counts` is whether this is a failure, of which a limited number makes a dead letter. It is
    false if nothing was tried, because of the channel's pacing or another task's Retry-After.
    `planned` is an intended wait (quiet hours, a digest, a snooze): the task is first due at its
    end. Any other pause keeps the first due time.
    """

    after: timedelta
    why: str
    counts: bool = True
    planned: bool = False


class Drop(msgspec.Struct, frozen=True):
    """Give up: the task becomes a dead letter. `reason` is a code to group by. `detail` is the
    error message, without personal data as far as possible."""

    reason: str
    detail: str = ""


Outcome = Done | Retry | Drop

TaskKind = tuple[Step, str]
"""A step and the `channel` of its tasks."""


class Lease(msgspec.Struct, frozen=True):
    """The lease of a task by one worker.

    `attempt` counts from 1 and is the fence: only the latest attempt may settle the task.
    `failures` is the number of failed attempts, including those whose worker died; `error` is the
    message of the last one. `ref` is for the store's own use. `until` is when the lease ends; from
    then on another worker may lease the task.
    """

    task: Task
    attempt: int
    failures: int
    error: str
    due_at: datetime
    ref: int
    until: datetime = datetime.max.replace(tzinfo=UTC)


def event_name(step: Step | str) -> str:
    """The word in timelines and running counts for a message that ended a task of this step."""
    return Step(step).row.event_name or f"{step}.told"


ON_HOLD_UNTIL = datetime(9999, 1, 1, tzinfo=UTC)
"""The due time of leads that are on hold; it never comes."""
ON_HOLD = "held"
"""How lists mark leads that are on hold."""
WAIT_CHANGED = "wait."
"""The prefix of timeline notes about a wait that an operator changed, such as "wait.held cli"."""
