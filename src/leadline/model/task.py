"""Steps, tasks, leases and alerts; and what a step wants done, as a value that `Queue.settle`
carries out."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum

import msgspec

from leadline.model.handling import Handling
from leadline.model.lead import RefinedLead


class Addressee(Enum):
    """What the `channel` of a task names: nothing, a channel that is told, or a source whose CRM
    is written to."""

    LEAD = "lead"
    CHANNEL = "channel"
    CRM = "crm"


class StepRow(msgspec.Struct, frozen=True):
    """What there is to know of a step.

    `function` does what is due, "module:name"; `leadline.steps` imports it and says how it is
    called. `batched`: more tasks than the one whose message came may be done with it, by one
    message or one request. `needs` names the table of settings without which no such task exists.
    `told_as` is the word of timelines and running counts for a message that ended a task of the
    step, `metric` the name under which AWS counts those messages; "" for a step that sends none.
    """

    function: str
    addressee: Addressee = Addressee.LEAD
    batched: bool = False
    needs: str = ""
    told_as: str = ""
    metric: str = ""


class Step(StrEnum):
    """What a task is for, each step with its row.

    REFINE makes the refined lead when the wait is over; NOTIFY tells a channel of it, once.
    UPDATE brings what a channel shows up to date; REMIND tells a channel that a lead still waits
    for its first response. LOOK_UP asks the CRM again, CLOCK looks whether a first response is
    late, WRITE_BACK gives the CRM what was learned.
    """

    row: StepRow

    def __new__(cls, value: str, *row: StepRow) -> "Step":
        """A member by the value that stores keep of it. `Step(value)` finds a member without its
        row, so for type checkers the row must not be demanded."""
        step = str.__new__(cls, value)
        step._value_ = value
        (step.row,) = row
        return step

    REFINE = "refine", StepRow("leadline.journey.refining:refine_due")
    NOTIFY = (
        "notify",
        StepRow(
            "leadline.alerts.sending:deliver_due",
            Addressee.CHANNEL,
            batched=True,
            told_as="alerted",
            metric="Alerted",
        ),
    )
    UPDATE = (
        "update",
        StepRow("leadline.alerts.updating:update_due", Addressee.CHANNEL, told_as="updated"),
    )
    REMIND = (
        "remind",
        StepRow(
            "leadline.alerts.reminding:remind_due",
            Addressee.CHANNEL,
            needs="targets",
            told_as="reminded",
            metric="Reminded",
        ),
    )
    LOOK_UP = "look_up", StepRow("leadline.journey.follow_up:look_up_due", batched=True)
    CLOCK = "clock", StepRow("leadline.journey.response_clock:clock_due", needs="targets")
    WRITE_BACK = (
        "write_back",
        StepRow("leadline.journey.write_back:write_back_due", Addressee.CRM, batched=True),
    )

    @property
    def addressee(self) -> Addressee:
        """What the `channel` of its tasks names."""
        return self.row.addressee


class Alert(msgspec.Struct, frozen=True):
    """A message that a destination accepted; `digest` when it spoke of several leads at once.

    `ref` is by what the destination finds the message again ("C012/1717.0001" at Slack), "" where
    it has nothing of the kind. `step` is that of the task which the message ended, whatever its
    maker said; an alert proper is one of NOTIFY.
    """

    lead_id: str
    channel: str
    sent_at: datetime
    template: str
    digest: bool = False
    ref: str = ""
    step: Step = Step.NOTIFY


class Task(msgspec.Struct, frozen=True):
    """One step of one lead's way; `channel` names the destination of a NOTIFY, UPDATE or REMIND
    step and the source of a WRITE_BACK step. A lead has one task of each step and channel.

    `again` asks a NOTIFY step to speak even though the channel has already heard of the lead.
    """

    step: Step
    lead_id: str
    channel: str = ""
    again: bool = False


class Later(msgspec.Struct, frozen=True):
    """A task that is due so long after what it follows."""

    task: Task
    after: timedelta = timedelta()


class Done(msgspec.Struct, frozen=True):
    """The step succeeded: keep what it made and schedule what follows, in one stroke.

    `then` are due at once, `later` after their pause; a task that waits already only moves.
    `handling` is kept for a lead that has none yet.
    `match_keys` are the 16-byte digests by which later leads recognise this one, by what they
    stand for ("email", "phone").
    """

    refined: RefinedLead | None = None
    match_keys: Mapping[str, bytes] = {}
    alert: Alert | None = None
    then: tuple[Task, ...] = ()
    later: tuple[Later, ...] = ()
    handling: Handling | None = None
    note: str = ""


class Retry(msgspec.Struct, frozen=True):
    """Not now: run the task again after this long.

    `counts` is false when nothing was tried (the channel's pace, somebody else's Retry-After);
    such a wait never brings the dead letter closer.
    """

    after: timedelta
    why: str
    counts: bool = True


class Drop(msgspec.Struct, frozen=True):
    """Never: the task becomes a dead letter. `reason` is a code to group by, `detail` the words
    of whoever refused, without personal data where we can help it."""

    reason: str
    detail: str = ""


Outcome = Done | Retry | Drop

TaskKind = tuple[Step, str]
"""A step, and its channel."""


class Claim(msgspec.Struct, frozen=True):
    """A task in the hands of one worker until its lease runs out.

    `attempt` counts from 1 and is also the fence: only the latest attempt may settle the task.
    `failures` are the attempts that failed, a worker that died while holding the task included;
    `error` is what the last of them said. `ref` is the store's own handle.
    """

    task: Task
    attempt: int
    failures: int
    error: str
    due_at: datetime
    ref: int


def told_as(step: Step | str) -> str:
    """The word of timelines and running counts for a message that ended a task of this step."""
    return Step(step).row.told_as or f"{step}.told"


HELD_UNTIL = datetime(9999, 1, 1, tzinfo=UTC)
"""When held leads are due: never, as far as anybody who works today is concerned."""
HELD = "held"
"""What lists say of them."""
MOVED = "wait."
"""How the notes begin that tell of a wait that somebody changed: "wait.held cli"."""
