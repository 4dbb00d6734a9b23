"""What a step wants done, as a value; one place (`Queue.settle`) does it."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from leadline.handling import Handling
from leadline.lead import Alert, Later, RefinedLead, Task


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
