"""A worker process of `serve`, for the steps that its arguments name: `refine`, `notify` …

With `watch=N` it reports its progress in the inherited file descriptor N (`progress`).
"""

import logging
import sys
import threading
from datetime import timedelta

from leadline.entrypoints.embedded import children
from leadline.entrypoints.embedded.progress import Alarm, Progress, Watches
from leadline.entrypoints.embedded.worker import work
from leadline.installations.data_folder import end_process_at_failed_sync
from leadline.model.errors import ConfigurationError
from leadline.model.task import Step

log = logging.getLogger(__name__)

_WATCH = "watch="
_SPARE = timedelta(seconds=5)
"""The extra time after which a worker that hangs ends itself, if its supervisor has not."""


def main() -> None:
    """Entry point of the child process."""
    stop = threading.Event()
    settings = children.settings_from_parent(stop.set)
    children.stop_on_signal(stop.set)
    end_process_at_failed_sync(children.SYNC_FAILED)
    arguments = sys.argv[1:]
    files = [int(one.removeprefix(_WATCH)) for one in arguments if one.startswith(_WATCH)]
    steps = [Step(one) for one in arguments if not one.startswith(_WATCH)]
    children.collect_seldom()
    try:
        work(settings, steps, stop, Watches(*map(Progress, files), Alarm(_SPARE)))
    except ConfigurationError:
        log.exception("settings.wrong")
        sys.exit(children.BAD_CONFIGURATION)


if __name__ == "__main__":
    main()
