"""When to try again: exponential back-off with full jitter, and an end to it."""

from datetime import timedelta

import msgspec


class RetryPolicy(msgspec.Struct, frozen=True):
    """`base` doubles with every failure up to `longest`; the pause is a random part of that
    (full jitter: AWS Architecture Blog, "Exponential Backoff and Jitter"), so that workers that
    failed together do not come back together. After `attempts` failures the task is dead."""

    base: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(hours=1)
    attempts: int = 25

    def after(self, failures: int, chance: float) -> timedelta | None:
        """The pause after this many failures, with *chance* in [0, 1); None: give up."""
        if failures >= self.attempts:
            return None
        ceiling = min(
            self.longest.total_seconds(), self.base.total_seconds() * 2.0 ** min(failures - 1, 60)
        )
        return timedelta(seconds=ceiling * chance)
