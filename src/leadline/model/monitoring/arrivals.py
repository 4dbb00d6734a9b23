"""What is known of the leads that a source has sent: how many came in each hour, and the last."""

from collections.abc import Mapping, Set
from datetime import UTC, datetime, timedelta

import msgspec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


class Arrivals(msgspec.Struct, frozen=True):
    """The leads of one source. `leads` counts them by hours since 1970; in the hours *unheard*
    nothing could come. `last_at` is when the last came. Silence counts from `since`, if that is
    later. `told_after` is the lead after which silence was told (None: none was); if all sources
    were silent then, `all_quiet` is since when."""

    source: str
    leads: Mapping[int, int]
    unheard: Set[int]
    last_at: datetime
    since: datetime
    told_after: datetime | None = None
    all_quiet: datetime | None = None

    @property
    def quiet_from(self) -> datetime:
        """From when on its silence counts."""
        return max(self.last_at, self.since)

    @property
    def is_silent(self) -> bool:
        """Whether its silence was told and goes on."""
        return self.told_after is not None and self.last_at <= self.told_after

    @property
    def has_resumed(self) -> bool:
        """Whether a lead came after its silence was told, and the end was not noted yet."""
        return self.told_after is not None and self.last_at > self.told_after


def hour_of(at: datetime) -> float:
    """A moment in hours since 1970."""
    return (at - _EPOCH) / _HOUR


def moment_of_hour(hour: float) -> datetime:
    """The reverse of `hour_of`."""
    return _EPOCH + hour * _HOUR
