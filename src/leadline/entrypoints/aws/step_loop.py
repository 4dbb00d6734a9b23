"""The loop of Deliver: does tasks of each kind in rotation, so that a flood of one kind does not
delay the others."""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta

from leadline.entrypoints.aws.messages import Pace
from leadline.kit import Kit
from leadline.model.errors import LeadlineError
from leadline.model.task import Addressee, TaskKind
from leadline.steps import do

log = logging.getLogger(__name__)

_AT_ONCE = 50
"""The maximum number of tasks in one call of a step."""


class StepLoop:
    """Does the due tasks of some kinds.

    *is_time_for* returns whether there is time for one more call of a kind's step after a pause;
    *waits_for* whether to wait until tasks of a kind can be done, if there is time.
    """

    def __init__(
        self,
        kit: Kit,
        is_time_for: Callable[[TaskKind, timedelta], bool],
        waits_for: Callable[[TaskKind], bool] = lambda _: False,
    ) -> None:
        self._kit = kit
        self._is_time_for = is_time_for
        self._waits_for = waits_for
        self.paced: dict[TaskKind, Pace] = {}
        """When tasks of a kind can be done next: the channel is not free, or time ran out."""
        self.trouble: Exception | None = None
        """The latest unexpected error."""

    def run(self, kinds: Sequence[TaskKind]) -> None:
        """Do tasks of these *kinds* in turn until none that is due can be done now. A kind that is
        named several times has so many turns before those that are named after it.

        Raises LeadlineError if AWS failed. Any other error ends only the kind in which it happens.
        """
        waiting, ended = deque(kinds), set[TaskKind]()
        while waiting:
            kind = waiting.popleft()
            if kind in ended:
                continue
            if not self._is_time_for(kind, timedelta()):
                ended.add(kind)
                self._later(kind, self._gap(kind))
                continue
            pause = self._do_one(kind)
            if pause is None:
                ended.add(kind)
            elif pause and not self._wait(kind, pause):
                ended.add(kind)
                self._later(kind, pause)
            elif kind not in waiting:
                waiting.append(kind)

    def _do_one(self, kind: TaskKind) -> timedelta | None:
        step, channel = kind
        about = {"step": step, "channel": channel}
        if step.addressee is Addressee.CHANNEL and channel not in self._kit.channels:
            # Its messages go to the dead-letter queue; its tasks wait until the channel is set.
            log.error("deliver.unknown", extra=about)
            return None
        try:
            return do(kind, self._kit, _AT_ONCE)
        except LeadlineError:
            raise
        except Exception as error:
            log.exception("deliver.trouble", extra=about)
            self.trouble = error
            return None

    def _wait(self, kind: TaskKind, pause: timedelta) -> bool:
        """Wait for tasks of a kind if they are to be waited for and there is time; whether it
        did."""
        if not self._waits_for(kind) or not self._is_time_for(kind, pause):
            return False
        time.sleep(pause.total_seconds())
        return True

    def _later(self, kind: TaskKind, pause: timedelta) -> None:
        self.paced[kind] = Pace(self._kit.clock() + pause, self._gap(kind))

    def _gap(self, kind: TaskKind) -> timedelta:
        step, name = kind
        speaks = step.addressee is Addressee.CHANNEL
        channel = self._kit.channels.get(name) if speaks else None
        return channel.gap if channel else timedelta()
