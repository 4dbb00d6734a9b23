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


class LookUpPolicy(msgspec.Struct, frozen=True):
    """A CRM that told no owner is asked again after `every`, then after pauses that grow with the
    lead's age up to `longest`, until the lead is `lasting` old."""

    every: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=1)
    lasting: timedelta = timedelta(hours=24)

    def after(self, age: timedelta) -> timedelta | None:
        """The next pause for a lead that was refined so long ago; None: it was asked enough."""
        if age >= self.lasting:
            return None
        return min(max(self.every, age / 2), self.longest, self.lasting - age + self.every)
