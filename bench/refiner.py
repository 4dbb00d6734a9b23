"""`python -m bench.refiner FOLDER`: refines the leads of a data folder as they are due, as a worker
without channels does, until SIGTERM. Its clock is ahead by the time that leads wait for an
owner."""

import random
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from leadline.journey.refinement.refining import refine_due
from leadline.kit import Kit
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.store import SqliteStore
from leadline.wiring import sources

_AT_ONCE, _PAUSE_S = 100, 0.1


def main() -> None:
    folder = Path(sys.argv[1])
    settings = Settings(data=folder)

    def clock() -> datetime:
        return datetime.now(UTC) + settings.delay

    with closing(SqliteStore(folder, clock=clock)) as store:
        kit = Kit(
            store=store,
            sources=sources(settings),
            channels={},
            clock=clock,
            chance=random.random,
        )
        while True:
            if not refine_due(kit, _AT_ONCE):
                time.sleep(_PAUSE_S)


if __name__ == "__main__":
    main()
