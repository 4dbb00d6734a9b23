"""The clock of the year."""

from datetime import datetime, timedelta

from tests.worlds.leads import HandClock


class TickingClock(HandClock):
    """A clock that never says the same twice, so that its times are the order of what happened."""

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now
