"""The worker process of `serve`: `python -m leadline.entrypoints.work refine|notify|…`."""

import logging
import sys
import threading

from leadline.entrypoints import children
from leadline.entrypoints.worker import work
from leadline.errors import ConfigurationError
from leadline.lead import Step

log = logging.getLogger(__name__)


def main() -> None:
    """Entry point of the child process."""
    stop = threading.Event()
    settings = children.settings_from_parent(stop.set)
    children.stop_on_signal(stop.set)
    try:
        work(settings, [Step(name) for name in sys.argv[1:]], stop)
    except ConfigurationError:
        log.exception("settings.wrong")
        sys.exit(children.BAD_CONFIGURATION)


if __name__ == "__main__":
    main()
