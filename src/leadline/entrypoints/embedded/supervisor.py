"""`leadline serve`: a supervisor, the HTTP process, workers for refinement, one for the rest, and
the dashboard.

A child that dies is restarted; the supervisor holds the listening socket, so senders wait meanwhile
instead of being refused. A worker with an iteration longer than its lease is ended and replaced, as
is a silent child. At SIGHUP the settings are read anew, and the children are replaced one after
another. A second server on the same data folder is refused. When a sync of the database fails, all
children end at once and are restarted, which repairs the file; after a second failure the server
exits.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import IO

from leadline import wiring
from leadline.entrypoints.embedded import children
from leadline.entrypoints.embedded.child import Child
from leadline.entrypoints.embedded.listening import (
    bind,
    bind_dashboard_or_warn,
    bind_metrics,
)
from leadline.entrypoints.embedded.progress import Overdue, Progress
from leadline.entrypoints.embedded.renewing import LeaseNotes, Renewal, note
from leadline.entrypoints.embedded.silence import Livez, Stillness
from leadline.entrypoints.embedded.store_jobs import StoreJobs
from leadline.entrypoints.embedded.watching.data_rights import settle_data
from leadline.installations.data_folder import (
    has_failed_sync,
    lock_folder,
    note_failed_sync,
    refuse_if_moved,
)
from leadline.installations.erased import erase_returned
from leadline.installations.serving import forget_serving
from leadline.model.errors import StorageFailed, SyncFailed
from leadline.model.task import Step
from leadline.settings.top.dashboard import dashboard_url
from leadline.settings.top.general import Settings

log = logging.getLogger(__name__)

BEFORE_ALERTS = [Step.FIRST_LOOK, Step.REFINE]
"""The steps of the workers for refinement; one more worker does all others."""
_LOOK_S = 0.1
_PATIENCE_S = 1.0
_DRAIN_S = 30.0
_GRACE_S = 1.0
"""Seconds between SIGTERM and SIGKILL, in which a worker that is only slow can finish."""


class Supervisor:
    """Starts the child processes, restarts those that die, and stops them in order.

    *read* reads the settings anew for `renew`. *dashboard_port* is used in place of that of the
    settings; 0 picks a free one.
    Raises ConfigurationError if the data folder or the port cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        read: Callable[[], Settings] | None = None,
        *,
        dashboard_port: int | None = None,
    ) -> None:
        self._renewal = Renewal(settings, read)
        self._asked = threading.Event()
        self._lock = lock_folder(settings.data, settings.rights)
        settle_data(settings)
        refuse_if_moved(settings.data)
        erase_returned(settings)
        listener = bind(settings.host, settings.port, "choose another port with --port")
        self.port: int = listener.getsockname()[1]
        self._listeners = [listener]
        if settings.metrics_listen:
            self._listeners.append(bind_metrics(settings.metrics_listen, self.port))
        self._dashboard = bind_dashboard_or_warn(settings, dashboard_port)
        self._stop = threading.Event()
        self._store = StoreJobs(wiring.store(settings, first=True))
        self._stillness = Stillness()
        self._children: list[Child] = []
        self._failed_syncs = 0
        self._leases = LeaseNotes()

    @property
    def settings(self) -> Settings:
        """The settings that the server works with."""
        return self._renewal.settings

    @property
    def url(self) -> str:
        """The server's URL for this machine."""
        host = self.settings.host
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self.port}"

    @property
    def dashboard_url(self) -> str:
        """The URL of the dashboard; "" if there is none."""
        if self._dashboard is None:
            return ""
        return dashboard_url(self.settings, self._dashboard.getsockname()[1])

    def start(self, log: IO[str] | None = None) -> None:
        """Start the children; their log lines go to *log*, or to standard error."""
        numbers = [listener.fileno() for listener in self._listeners]
        server = ["leadline.entrypoints.embedded.http_process", *map(str, numbers)]
        livez = Livez(self._listeners[0])
        keep = (*numbers, self._lock)
        self._children.append(Child("http", self.settings, server, keep, log, livez=livez))
        for number in range(1, self.settings.workers + 1):
            self._start_worker(f"refine-{number}", BEFORE_ALERTS, log)
        others = [step for step in Step if step not in BEFORE_ALERTS]
        self._start_worker("notify", others, log)
        self._start_dashboard(log)
        note(self.settings, self._children)

    def _start_worker(self, role: str, steps: list[Step], log: IO[str] | None) -> None:
        progress = Progress()
        command = ["leadline.entrypoints.embedded.worker_process", f"watch={progress.file}", *steps]
        keep = (progress.file, self._lock)
        self._children.append(Child(role, self.settings, command, keep, log, progress))

    def _start_dashboard(self, log: IO[str] | None) -> None:
        if (listener := self._dashboard) is not None:
            number = listener.fileno()
            command = ["leadline.entrypoints.dashboard.process", str(number)]
            livez, keep = Livez(listener), (number, self._lock)
            self._children.append(
                Child("dashboard", self.settings, command, keep, log, livez=livez)
            )

    def run(self) -> int:
        """Keep the children alive until `stop`; returns the exit code."""
        code = 0
        while not code and not self._stop.wait(_LOOK_S):
            self._end_silent()
            self._renew()
            if not self._renewal.is_under_way:
                self._leases.note_if_due(self.settings, self._children)
            try:
                code = self._look_after_children()
                if not code and has_failed_sync(self.settings.data):  # another process noticed it
                    raise SyncFailed
            except SyncFailed:
                code = self._start_anew()
        self._end()
        return code

    def _renew(self) -> None:
        if self._asked.is_set():
            self._asked.clear()
            self._renewal.begin(self._children)
        self._renewal.go_on()

    def _end_silent(self) -> None:
        """End children that are silent or make no progress; they are restarted like any other."""
        still = self._stillness.of(kept.process.pid for kept in self._children)
        for kept in self._children:
            if not kept.is_ending() and (kept.process.pid in still or kept.is_silent()):
                log.error("child.silent", extra={"role": kept.role, "pid": kept.process.pid})
                kept.end_soon(_GRACE_S)

    def _look_after_children(self) -> int:
        """Replace children that hang or have died; returns the exit code of the server, or 0 to go
        on. Raises SyncFailed if a child noticed a failed sync."""
        for kept in self._children:
            if kept.process.poll() == children.SYNC_FAILED:
                raise SyncFailed
            if (hung := kept.hung()) is not None:
                self._replace(kept, hung)
            if kept.died():
                if (
                    kept.process.returncode == children.BAD_CONFIGURATION
                    and not self._renewal.fall_back(self._children)
                ):
                    return children.BAD_CONFIGURATION
                self._store.release(kept.process.pid)
                kept.start_again()
                if not self._renewal.is_under_way:  # else it is noted at the end of that
                    note(self.settings, self._children)
        return 0

    def _start_anew(self) -> int:
        """After a failed sync, end all children that have the file open, repair it, and restart
        them. Returns the exit code of the server if that fails or was needed before; else 0."""
        self._failed_syncs += 1
        for kept in self._children:
            kept.kill()
        note_failed_sync(self.settings.data)
        self._store.close()
        try:
            if self._failed_syncs > 1:
                return children.SYNC_FAILED
            self._store = StoreJobs(wiring.store(self.settings, first=True))
        except StorageFailed as error:
            log.critical("serve.not_mended", extra={"reason": str(error)})
            return children.SYNC_FAILED
        for kept in self._children:
            self._store.release(kept.process.pid)
            kept.start_again()
        note(self.settings, self._children)
        return 0

    def _replace(self, kept: Child, hung: Overdue) -> None:
        """End a worker that hangs, and set the lead at which it hangs apart from other workers."""
        about = {"role": kept.role, "pid": kept.process.pid}
        about |= {"lead": hung.lead_id} if hung.lead_id else {}
        log.warning("worker.hung", extra=about)
        kept.end_soon(_GRACE_S)
        if hung.lead_id:
            hold = timedelta(seconds=_GRACE_S + _PATIENCE_S)
            self._store.set_apart(kept.process.pid, hung.lead_id, hold)

    def renew(self) -> None:
        """Ask `run` to read the settings anew and to replace the children one after another."""
        self._asked.set()

    def stop(self) -> None:
        """Ask `run` to drain and return."""
        self._stop.set()

    def _end(self) -> None:
        """Stop the HTTP process first, so that nothing new comes in, then the workers after their
        batches."""
        deadline = time.monotonic() + _DRAIN_S
        for kept in self._children:
            kept.end(deadline)
        for kept in self._children:
            if not has_failed_sync(self.settings.data):
                self._store.release(kept.process.pid)
            kept.close()
        self._store.close()
        forget_serving(self.settings.data)
        for listener in (*self._listeners, self._dashboard):
            if listener is not None:
                listener.close()
        os.close(self._lock)
        log.info("serve.stopped")
