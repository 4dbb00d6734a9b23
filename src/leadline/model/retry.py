"""When to retry: exponential back-off with full jitter, for a limited number of attempts."""

from datetime import timedelta

import msgspec


class RetryPolicy(msgspec.Struct, frozen=True):
    """Retries of a task. `base` doubles with every failure, up to `longest`; the pause is a random
    part of that (full jitter: AWS Architecture Blog, "Exponential Backoff and Jitter"), so that
    workers that failed together don't retry together. After `attempts` failures the task becomes
    a dead letter."""

    base: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(hours=1)
    attempts: int = 25

    def after(self, failures: int, chance: float) -> timedelta | None:
        """The pause after this many failures, with a random *chance* in [0, 1); None to give up."""
        if failures >= self.attempts:
            return None
        ceiling = min(
            self.longest.total_seconds(), self.base.total_seconds() * 2.0 ** min(failures - 1, 60)
        )
        return timedelta(seconds=ceiling * chance)


class LookUpPolicy(msgspec.Struct, frozen=True):
    """Repeated look-ups of a lead without an owner. The CRM is asked again after `every`, then with
    pauses that grow with the lead's age up to `longest`, until the lead is `lasting` old."""

    every: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=1)
    lasting: timedelta = timedelta(hours=24)

    def after(self, age: timedelta) -> timedelta | None:
        """The next pause for a lead that was refined *age* ago; None to stop asking."""
        if age >= self.lasting:
            return None
        return min(max(self.every, age / 2), self.longest, self.lasting - age + self.every)
