"""What Deliver does for its kinds of tasks, one of each in rotation, so that a flood of one keeps
no other waiting."""

import logging
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
"""Leads that one call of a CRM is about, at the most."""


class StepLoop:
    """Does whatever is due of some kinds of tasks.

    *is_time_for* says whether one more call of a kind's step can be over in time.
    """

    def __init__(self, kit: Kit, is_time_for: Callable[[TaskKind], bool]) -> None:
        self._kit = kit
        self._is_time_for = is_time_for
        self.paced: dict[TaskKind, Pace] = {}
        """The kinds of which more will be due, and when: a channel is not free, or time ran out."""

    def run(self, kinds: Sequence[TaskKind]) -> None:
        """Work until nothing is due of any kind that could be done now, in the order of *kinds*;
        raises LeadlineError where AWS failed. What fails otherwise fails alone."""
        waiting = deque(kinds)
        while waiting:
            kind = waiting.popleft()
            if not self._is_time_for(kind):
                self._later(kind, self._gap(kind))
                continue
            pause = self._do_one(kind)
            if pause == timedelta():
                waiting.append(kind)
            elif pause is not None:
                self._later(kind, pause)

    def _do_one(self, kind: TaskKind) -> timedelta | None:
        step, channel = kind
        about = {"step": step, "channel": channel}
        if step.addressee is Addressee.CHANNEL and channel not in self._kit.channels:
            # Its messages become dead letters of the queue; its tasks wait for other settings.
            log.error("deliver.unknown", extra=about)
            return None
        try:
            return do(kind, self._kit, _AT_ONCE)
        except LeadlineError:
            raise
        except Exception:
            log.exception("deliver.trouble", extra=about)
            return None

    def _later(self, kind: TaskKind, pause: timedelta) -> None:
        self.paced[kind] = Pace(self._kit.clock() + pause, self._gap(kind))

    def _gap(self, kind: TaskKind) -> timedelta:
        step, name = kind
        speaks = step.addressee is Addressee.CHANNEL
        channel = self._kit.channels.get(name) if speaks else None
        return channel.gap if channel else timedelta()
