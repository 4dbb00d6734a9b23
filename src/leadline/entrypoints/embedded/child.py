"""A child process of the supervisor."""

import logging
import time
from datetime import UTC, datetime
from typing import IO

from leadline.entrypoints.embedded import children
from leadline.entrypoints.embedded.progress import LastLease, Overdue, Progress
from leadline.entrypoints.embedded.silence import Livez
from leadline.settings.top.general import Settings

# Operators know its events by the supervisor that writes them.
log = logging.getLogger("leadline.entrypoints.embedded.supervisor")

_LONGEST_PAUSE_S = 5.0
RENEWAL_S = 30.0
"""The seconds in which an HTTP process ends when its settings change."""


class Child:
    """A child process with its role; it is restarted whenever it dies, after growing pauses."""

    def __init__(
        self,
        role: str,
        settings: Settings,
        command: list[str],
        keep: tuple[int, ...],
        log: IO[str] | None,
        progress: Progress | None = None,
        livez: Livez | None = None,
    ) -> None:
        self.role = role
        self._livez = livez
        self._settings = settings
        self._command = command
        self._keep = keep
        self._log = log
        self._progress = progress
        self._deaths = 0
        self._start_at = 0.0
        self._renewing = False
        self._leased_before: LastLease | None = None
        self._launch()

    def _launch(self) -> None:
        if self._progress is not None:
            self._leased_before = self.last_lease()
            self._progress.clear()
        if self._livez is not None:
            self._livez.begin_anew()
        self._kill_at: float | None = None
        module, *words = self._command
        if self._renewing and self._livez is not None:
            words.append(children.RENEWED)
        self.process = children.start(
            module, self._settings, *words, keep=self._keep, log=self._log
        )
        self._started = time.monotonic()
        self.since = datetime.now(UTC)
        self._reported = self._renewing = False

    def hung(self) -> Overdue | None:
        """The overdue iteration for which the child has to be ended; None once `end_soon` was
        called. A child that did not end in time after that is killed."""
        if self.process.poll() is not None:
            return None
        if self._kill_at is None:
            return self._progress.overdue() if self._progress is not None else None
        if time.monotonic() >= self._kill_at:
            self.process.kill()
        return None

    def last_lease(self) -> LastLease | None:
        """When the child, or another one before it in this role, last leased tasks, and of which
        step; None if none has."""
        found = self._progress.last_lease() if self._progress is not None else None
        return found or self._leased_before

    def is_silent(self) -> bool:
        """Whether the child does not answer."""
        return self._livez is not None and self._livez.is_silent()

    def is_ending(self) -> bool:
        """Whether the child is to end anyway, or has ended."""
        return self._renewing or self._kill_at is not None or self.process.poll() is not None

    def will_start_with(self, settings: Settings) -> None:
        """Give the child other settings whenever it is started again."""
        self._settings = settings

    def renew(self, settings: Settings) -> None:
        """End the child in order, so that it is started again with other settings. The HTTP process
        has `RENEWAL_S` for that; a worker has as long as its iteration may last."""
        self.will_start_with(settings)
        self._renewing = True
        self.process.terminate()
        if self._livez is not None:
            self._kill_at = time.monotonic() + RENEWAL_S

    def is_renewing(self) -> bool:
        """Whether the child has yet to end and to be started again because of `renew`."""
        return self._renewing

    def end_soon(self, grace_s: float) -> None:
        """Send SIGTERM now, so that a slow child can end in order, and SIGKILL after *grace_s*
        seconds."""
        self.process.terminate()
        self._kill_at = time.monotonic() + grace_s

    def died(self) -> bool:
        """Whether the child is dead and its pause before a restart is over."""
        if self.process.poll() is None:
            return False
        if self._renewing:
            log.info("child.renewed", extra={"role": self.role, "pid": self.process.pid})
            return True
        now = time.monotonic()
        if not self._reported:
            self._reported = True
            self._deaths = 0 if now - self._started > 60 else self._deaths + 1
            pause = 0.1 * 2 ** min(self._deaths, 10) if self._deaths > 1 else 0.0
            self._start_at = now + min(pause, _LONGEST_PAUSE_S)
            log.warning(
                "child.died",
                extra={
                    "role": self.role,
                    "pid": self.process.pid,
                    "status": self.process.returncode,
                },
            )
        return now >= self._start_at

    def start_again(self) -> None:
        """Replace the dead child by a new one."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self._launch()

    def close(self) -> None:
        """Release what was shared with the child after it has ended."""
        if self._livez is not None:
            self._livez.close()
        if self._progress is not None:
            self._progress.close()

    def kill(self) -> None:
        """SIGKILL: it must do nothing more."""
        self.process.kill()
        self.process.wait()

    def end(self, deadline: float) -> None:
        """Send SIGTERM and wait; send SIGKILL if the child has not ended by *deadline*."""
        self.process.terminate()
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except children.TimedOut:
            log.error("child.killed", extra={"role": self.role, "pid": self.process.pid})
            self.process.kill()
            self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()
