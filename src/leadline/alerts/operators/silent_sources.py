"""Sources that went silent: a silence that the history of a source makes unlikely is a trouble.

While a silence goes on in which no source has sent anything, no further one is told: the reason is
then the same for all, such as a proxy. When leads come again, the silence of the others counts
anew.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from leadline.alerts.wording.phrases import at
from leadline.model.monitoring.arrivals import Arrivals, hour_of, moment_of_hour
from leadline.model.monitoring.trouble import Trouble, TroubleKind
from leadline.ports.reading.arrivals import ArrivalBook
from leadline.ports.store_parts.troubles import TroubleBook
from leadline.settings.top.general import Settings
from leadline.silence.limit import told_at
from leadline.silence.rhythm import Heard, Rhythm, Slot, rhythm_of
from leadline.team.hours import zone_of

_REMEDY = (
    "Check that its sender still posts to Leadline: its address, its secret, its own log. "
    'If it is not to be watched: watch_silence = "no" in [sources.{}].'
)
_REMEDY_FOR_ALL = (
    "No other source has sent a lead since, so check first that senders reach Leadline: name, "
    "proxy, certificate, network. If today is a holiday, name it in `holidays` of [hours]."
)


_SLACK = 4
"""All sources are silent if the last lead of any came in this part of the silence, a quarter."""


class WatchedSource(NamedTuple):
    """A source with a known rhythm, and when a silence since its last lead is told (None: not
    within ten weeks)."""

    arrivals: Arrivals
    rhythm: Rhythm
    told_at: datetime | None


class _Silence(NamedTuple):
    """A silence to be told, and since when no source has sent anything (None: others have)."""

    source: str
    all_quiet: datetime | None
    trouble: Trouble


class SilenceWatch:
    """Finds silent sources; it remembers rhythms, which change by the hour."""

    def __init__(self, settings: Settings) -> None:
        self._off = {
            name for name, source in settings.sources.items() if source.watch_silence is False
        }
        self._slot = slot_of(settings)
        self._rhythms: dict[tuple[str, datetime, datetime, int], WatchedSource | None] = {}

    def look(self, arrivals: ArrivalBook, troubles: TroubleBook, now: datetime) -> None:
        """Count what came, and report silences that began or ended. Raises what the store
        raises."""
        if arrivals.count_arrivals():
            return  # there are more: another look counts them
        arrivals.note_heard()
        found = arrivals.arrivals()
        for one in found:
            if one.has_resumed or (one.is_silent and one.source in self._off):
                troubles.report([_trouble(one).ended()])
                arrivals.note_end_of_silence(one.source)
        newest = max((one.last_at for one in found), default=now)
        if any(one.all_quiet is not None and newest > one.all_quiet for one in found):
            arrivals.restart_silences(now)
        if began := self._began(arrivals.arrivals(), now):
            troubles.report([trouble for _, _, trouble in began])
            for source, all_quiet, _ in began:
                arrivals.note_told_silence(source, all_quiet)

    def watched(self, found: Sequence[Arrivals]) -> Mapping[str, WatchedSource | None]:
        """Each source that is to be watched; None for one of which too little is known."""
        before, self._rhythms = self._rhythms, {}
        for one in found:
            if one.source not in self._off:
                key = (one.source, one.last_at, one.since, len(one.unheard))
                known = before[key] if key in before else _watched(one, self._slot)
                self._rhythms[key] = known
        return {key[0]: known for key, known in self._rhythms.items()}

    def _began(self, found: Sequence[Arrivals], now: datetime) -> list[_Silence]:
        """The silences to tell now, the longest overdue first; one of them if no source sends."""
        if any(one.all_quiet is not None and one.is_silent for one in found):
            return []
        late = sorted(
            (watched.told_at, watched.arrivals.source, watched)
            for watched in self.watched(found).values()
            if watched and watched.told_at and watched.told_at <= now
            and not watched.arrivals.is_silent
        )  # fmt: skip
        if late and len(found) > 1:
            _, source, one = late[0]
            newest = max(other.last_at for other in found)
            begin = one.arrivals.quiet_from
            if newest <= begin + (now - begin) / _SLACK:
                return [_Silence(source, newest, _trouble(one.arrivals, one.rhythm, is_all=True))]
        return [_Silence(name, None, _trouble(w.arrivals, w.rhythm)) for _, name, w in late]


def slot_of(settings: Settings) -> Slot:
    """The hours of the week in the zone of the business hours, without holidays that all of them
    have; in UTC where there are none."""
    hours = list(settings.hours.values())
    zone = zone_of(hours[0].zone if hours else "UTC")
    holidays = frozenset.intersection(*(h.holidays for h in hours)) if hours else frozenset()
    return _slot_in(zone, holidays)


def _slot_in(zone: ZoneInfo, holidays: frozenset[date]) -> Slot:
    @lru_cache(maxsize=8192)
    def slot(hour: int) -> int:
        local = moment_of_hour(hour).astimezone(zone)
        if holidays and local.date() in holidays:
            return -1
        return local.weekday() * 24 + local.hour

    return slot


def _watched(one: Arrivals, slot: Callable[[int], int]) -> WatchedSource | None:
    rhythm = rhythm_of(Heard(one.leads, one.unheard), slot)
    if rhythm is None:
        return None
    hour = told_at(rhythm, hour_of(one.quiet_from), slot)
    return WatchedSource(one, rhythm, moment_of_hour(hour) if hour is not None else None)


def _trouble(one: Arrivals, rhythm: Rhythm | None = None, *, is_all: bool = False) -> Trouble:
    usual = f"; it usually sends {round(rhythm.per_day, 1):g} on a business day" if rhythm else ""
    return Trouble(
        kind=TroubleKind.SOURCE,
        subject=one.source,
        words=f"The source {one.source} has sent no lead since {at(one.last_at)}{usual}.",
        remedy=_REMEDY_FOR_ALL if is_all else _REMEDY.format(one.source),
    )
