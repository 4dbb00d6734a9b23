"""How fast the build in whose tree this is run refines a backlog.

    python backlog_once.py FILE WORKERS FOLDER

FILE holds a JSON list of flat leads. All of them are put in a store in FOLDER, due at once; then
so many worker processes refine them until none is due. `bench.backlog` runs it in the trees of two
builds in turns. Prints a JSON object: leads a second, and CPU microseconds a lead.
"""

import gc
import json
import os
import sys
import time
from pathlib import Path

from refine_once import (  # type: ignore[import-not-found]  # beside this file, in this build
    ABOUT,
    BATCH,
    filled,
    kit_of,
    numbers_of_all_countries,
    rules,
    step,
)

try:
    from leadline.entrypoints.embedded.children import collect_seldom
except ImportError:  # a build whose workers leave garbage collection as it is

    def collect_seldom() -> None:
        gc.collect()


ABOUT_TO_BEGIN_S = 0.5


def main() -> None:
    file, workers, place = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    leads = json.loads(Path(file).read_text(encoding="utf-8"))
    filled(leads, place).store.close()
    for one in numbers_of_all_countries():
        rules.refine(one, ABOUT)
    gc.collect()
    gc.freeze()
    began = time.perf_counter() + ABOUT_TO_BEGIN_S
    processes = [_started(place, began) for _ in range(workers)]
    for process in processes:
        _, status = os.waitpid(process, 0)
        if status:
            raise SystemExit("a worker failed")
    took = time.perf_counter() - began
    used = os.times()
    cpu = used.children_user + used.children_system
    print(json.dumps({"per_s": len(leads) / took, "cpu_us": cpu / len(leads) * 1e6}))


def _started(folder: Path, at: float) -> int:
    """A worker process that begins at a time of `perf_counter`."""
    if process := os.fork():
        return process
    kit = kit_of(folder)
    collect_seldom()
    time.sleep(max(0.0, at - time.perf_counter()))
    while step.refine_due(kit, BATCH):
        pass
    kit.store.close()
    os._exit(0)


if __name__ == "__main__":
    main()
