"""What Deliver does for each step, in turns, so that a flood of one keeps no other waiting.

What a step needs is imported when its first message comes: most calls are for one step.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from leadline.entrypoints.aws.messages import Pace
from leadline.kit import Kit
from leadline.model.errors import LeadlineError
from leadline.model.task import SPEAKING, Step, TaskKind

log = logging.getLogger(__name__)

_AT_ONCE = 50
"""Leads that one call of a CRM is about, at the most."""

Turn = Callable[[Kit, str], timedelta | None]
"""Does the next thing of a step that is due for a channel (see `alerts.sending.deliver_due`):
returns None when nothing was due, zero when something was done, else how long to wait."""


def _notify(kit: Kit, channel: str) -> timedelta | None:
    from leadline.alerts.sending import deliver_due

    return deliver_due(kit, channel)


def _update(kit: Kit, channel: str) -> timedelta | None:
    from leadline.alerts.updating import update_due

    return update_due(kit, channel)


def _remind(kit: Kit, channel: str) -> timedelta | None:
    from leadline.alerts.reminding import remind_due

    return remind_due(kit, channel)


def _look_up(kit: Kit, _channel: str) -> timedelta | None:
    from leadline.journey.follow_up import look_up_due

    return timedelta() if look_up_due(kit, _AT_ONCE) else None


def _clock(kit: Kit, _channel: str) -> timedelta | None:
    from leadline.journey.response_clock import clock_due

    return timedelta() if clock_due(kit, _AT_ONCE) else None


def _write_back(kit: Kit, source: str) -> timedelta | None:
    from leadline.journey.write_back import write_back_due

    return write_back_due(kit, source)


TURNS: Mapping[Step, Turn] = {
    Step.NOTIFY: _notify,
    Step.UPDATE: _update,
    Step.REMIND: _remind,
    Step.LOOK_UP: _look_up,
    Step.CLOCK: _clock,
    Step.WRITE_BACK: _write_back,
}


class Turns:
    """Whatever is due of these kinds, those first that are asked to come first.

    *is_time_for* says whether a turn of a kind can be over in time.
    """

    def __init__(self, kit: Kit, is_time_for: Callable[[TaskKind], bool]) -> None:
        self._kit = kit
        self._is_time_for = is_time_for
        self.paced: dict[TaskKind, Pace] = {}
        """Of which kinds more will be due, and when: the place is not free, or time ran out."""

    def take(self, kinds: Sequence[TaskKind]) -> None:
        """Work until nothing is due of any kind that could be done now; raises LeadlineError where
        AWS failed. What fails otherwise fails alone."""
        waiting = deque(kinds)
        while waiting:
            kind = waiting.popleft()
            if not self._is_time_for(kind):
                self._later(kind, self._gap(kind))
                continue
            pause = self._take_one(kind)
            if pause == timedelta():
                waiting.append(kind)
            elif pause is not None:
                self._later(kind, pause)

    def _take_one(self, kind: TaskKind) -> timedelta | None:
        step, channel = kind
        about = {"step": step, "channel": channel}
        if step in SPEAKING and channel not in self._kit.channels:
            # Its messages become dead letters of the queue; its tasks wait for other settings.
            log.error("deliver.unknown", extra=about)
            return None
        try:
            return TURNS[step](self._kit, channel)
        except LeadlineError:
            raise
        except Exception:
            log.exception("deliver.trouble", extra=about)
            return None

    def _later(self, kind: TaskKind, pause: timedelta) -> None:
        self.paced[kind] = Pace(self._kit.clock() + pause, self._gap(kind))

    def _gap(self, kind: TaskKind) -> timedelta:
        place = self._kit.channels.get(kind[1]) if kind[0] in SPEAKING else None
        return place.gap if place else timedelta()
