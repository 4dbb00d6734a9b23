"""New settings for a running server: its children are replaced one after another (decision 41)."""

import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from leadline import wiring
from leadline.entrypoints.embedded.child import Child
from leadline.entrypoints.embedded.progress import LastLease
from leadline.entrypoints.logs import configure
from leadline.installations import settings_check
from leadline.installations.serving import LEASES_NOTED_S, ServingProcess, note_serving
from leadline.model.errors import LeadlineError
from leadline.model.personal_data.privacy import AuditEntry
from leadline.settings.comparing import NEED_RESTART, applicable, changed_settings
from leadline.settings.top.general import Settings

log = logging.getLogger(__name__)

_TRIAL_S = 60.0
"""The seconds after the last replacement in which a child that refuses the new settings brings the
old ones back."""


class Renewal:
    """The settings that the server works with (`settings`), and how others take their place."""

    def __init__(self, settings: Settings, read: Callable[[], Settings] | None = None) -> None:
        self.settings = settings
        self._read = read
        self._before: Settings | None = None
        self._waiting: list[Child] = []
        self._children: Sequence[Child] = ()
        self._trial_ends = 0.0

    def begin(self, children: Sequence[Child]) -> None:
        """Read the settings anew. Wrong ones are refused in the log, and the old ones stay."""
        if self._read is None:
            return
        try:
            read = self._read()
            new = applicable(self.settings, read)
            try_out(new)
        except LeadlineError as error:
            reason = error.detail or error.title
            log.error("settings.refused", extra={"reason": reason})
            return
        fixed = [n for n in NEED_RESTART if getattr(read, n) != getattr(self.settings, n)]
        if fixed:
            log.warning("settings.need_restart", extra={"settings": ", ".join(fixed)})
        names = changed_settings(self.settings, new)
        if not names:
            log.info("settings.unchanged")
            return
        try:
            note_changes(self.settings, names)
        except LeadlineError as error:
            log.error("settings.refused", extra={"reason": error.detail or error.title})
            return
        log.info("settings.changing", extra={"settings": ", ".join(names)})
        if not self._waiting:
            self._before = self.settings
        self._replace(children, new)

    def go_on(self) -> None:
        """Replace the next child once the one before it has been started again."""
        if not self._waiting or self._waiting[0].is_renewing():
            return
        self._waiting.pop(0)
        if self._waiting:
            self._waiting[0].renew(self.settings)
            return
        self._trial_ends = time.monotonic() + _TRIAL_S
        note(self.settings, self._children)
        log.info("settings.applied")

    @property
    def is_under_way(self) -> bool:
        """Whether children have yet to be replaced."""
        return bool(self._waiting)

    def fall_back(self, children: Sequence[Child]) -> bool:
        """Bring the old settings back because a child refuses the new ones; False if there are none
        to bring back."""
        before, self._before = self._before, None
        if before is None or (not self._waiting and time.monotonic() > self._trial_ends):
            return False
        log.error("settings.refused", extra={"reason": "a process could not start with them"})
        self._replace(children, before)
        return True

    def _replace(self, children: Sequence[Child], settings: Settings) -> None:
        self.settings = settings
        self._children = children
        configure(settings.log_level, settings.log_format)
        for child in children:
            child.will_start_with(settings)
        # Workers first, so that what is captured with new settings finds workers that have them.
        self._waiting = list(reversed(children))
        self._waiting[0].renew(settings)


def note_changes(settings: Settings, names: Sequence[str]) -> None:
    """Note in the audit log which settings change; raises StorageFull or StorageFailed."""
    now = datetime.now(UTC)
    wiring.audit(settings, makes=False).append([
        AuditEntry(at=now, actor="system", action="settings.changed", subject=name)
        for name in names
    ])  # fmt: skip


def try_out(settings: Settings) -> None:
    """Create everything that the children create from the settings; raises ConfigurationError."""
    settings_check.check(settings)
    kit = wiring.in_memory(settings)
    for name in settings.only_sources or settings.sources:
        kit.sources[name]


def tell_changes(settings: Settings, read: Callable[[], Settings]) -> None:
    """Log which settings have changed, in a process that works with *settings* to its end."""
    try:
        names = changed_settings(settings, read())
    except LeadlineError as error:
        log.error("settings.refused", extra={"reason": error.detail or error.title})
        return
    if names:
        log.warning("settings.need_restart", extra={"settings": ", ".join(names)})
    else:
        log.info("settings.unchanged")


def note(settings: Settings, children: Sequence[Child]) -> None:
    """Write for commands what the server works with, and its children."""
    processes = tuple(map(_noted, children))
    try:
        note_serving(settings, os.getpid(), processes)
    except OSError as error:
        log.warning("settings.not_noted", extra={"error": error.strerror})


class LeaseNotes:
    """Writes anew what the server works with when its workers have leased tasks, at most every
    *every_s* seconds."""

    def __init__(self, every_s: float = LEASES_NOTED_S) -> None:
        self._every_s = every_s
        self._due = 0.0
        self._noted: list[LastLease | None] = []

    def note_if_due(self, settings: Settings, children: Sequence[Child]) -> None:
        """Write it if it is time."""
        if time.monotonic() < self._due:
            return
        leases = [child.last_lease() for child in children]
        if any(leases) and leases != self._noted:
            self._noted, self._due = leases, time.monotonic() + self._every_s
            note(settings, children)


def _noted(child: Child) -> ServingProcess:
    leased_at, leased = child.last_lease() or (None, "")
    return ServingProcess(child.role, child.process.pid, child.since, leased_at, leased)


class Hangup:
    """Tells what SIGHUP means: a closed terminal, or a request to read the settings anew."""

    def __init__(self) -> None:
        is_ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN  # as `nohup` leaves it
        self._ends = _has_terminal() and not is_ignored

    def is_end(self) -> bool:
        """Whether the terminal in which the server was started is gone."""
        return self._ends and not _has_terminal()


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
