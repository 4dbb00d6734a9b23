"""The checks of `doctor` about the silence of sources: how much of it would be told."""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta

from leadline import wiring
from leadline.alerts.operators.silent_sources import SilenceWatch, WatchedSource
from leadline.alerts.wording.phrases import at
from leadline.alerts.wording.words import span
from leadline.model.errors import LeadlineError
from leadline.model.monitoring.arrivals import Arrivals
from leadline.ports.clock import Clock, wall_clock
from leadline.settings.top.general import Settings
from leadline.silence.rhythm import ENOUGH, HISTORY_HOURS, WEEK_HOURS

_WEEKS = HISTORY_HOURS // WEEK_HOURS


def check_silence(settings: Settings, clock: Clock = wall_clock) -> list[tuple[str, str, str]]:
    """For each source that has sent a lead, how long a silence is told, or why none is."""
    try:
        with closing(wiring.store(settings)) as kept:
            while kept.count_arrivals():
                pass
            found = kept.arrivals()
    except LeadlineError:
        return []  # reported by the check of the data folder
    return _checks(settings, found, clock())


def _checks(
    settings: Settings, found: Sequence[Arrivals], now: datetime
) -> list[tuple[str, str, str]]:
    watched = SilenceWatch(settings).watched(found)
    checks = []
    for one in found:
        name = f"silence of {one.source}"
        if one.source not in watched:
            checks.append(("note", name, "not told: watch_silence is no"))
        elif (known := watched[one.source]) is None:
            checks.append(("note", name, _too_few(one)))
        elif one.is_silent:
            words = f"it has sent no lead since {at(one.last_at)}, and that was told"
            checks.append(("WRONG", name, words))
        else:
            checks.append(("ok", name, _when_told(known, now)))
    return checks


def _too_few(one: Arrivals) -> str:
    return (
        f"not watched: {sum(one.leads.values())} leads in the {_WEEKS} weeks before its last, and "
        f"{ENOUGH} are needed"
    )


def _when_told(known: WatchedSource, now: datetime) -> str:
    """After how much silence it would be told, counted from the last lead."""
    usual = f"{round(known.rhythm.per_day, 1):g} leads on a business day"
    if known.told_at is None:
        return f"would not be told within ten weeks, because of holidays ({usual})"
    after = _long_span(known.told_at - known.arrivals.quiet_from)
    last = f"the last lead came {at(known.arrivals.last_at)}"
    when = f"at {at(known.told_at)}" if known.told_at > now else "by `leadline serve`"
    return f"would be told after {after} of silence, {when} ({usual}; {last})"


def _long_span(time: timedelta) -> str:
    """A span of time in words, to the hour also if it lasts days: "2 days 22 h"."""
    if time < timedelta(days=2):
        return span(time)
    hours = time.seconds // 3600
    return f"{time.days} days {hours} h" if hours else f"{time.days} days"
