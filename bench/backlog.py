"""A backlog of this build beside that of another: `python -m bench.backlog TREE [LEADS [WORKERS
[TURNS]]]`, where TREE is a working tree of the other build, such as `git worktree add` makes.

Method: composed leads (`bench.varied_leads`), 200,000 unless told otherwise, are due at once, as
after a night in which no worker ran. WORKERS processes of this build (2) and one of the other
refine them, in turns, each in a store of its own; the middle of the rates counts, and of the CPU a
lead the least. It needs as many idle cores as workers.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from bench.varied_leads import composed

LEADS, WORKERS, TURNS = 200_000, 2, 3
ONCE = Path(__file__).with_name("backlog_once.py")


def measure(tree: Path, file: Path, workers: int) -> Mapping[str, float]:
    """One run of one build."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        paths = os.pathsep.join((str(tree / "src"), str(tree)))
        done = subprocess.run(
            [sys.executable, str(ONCE), str(file), str(workers), str(Path(folder).resolve())],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": paths},
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    figures: Mapping[str, float] = json.loads(done.stdout)
    return figures


def main() -> None:
    other = Path(sys.argv[1]).resolve()
    count, workers, turns = (*map(int, sys.argv[2:]), *(LEADS, WORKERS, TURNS)[len(sys.argv) - 2 :])
    builds = (("other", other, 1), ("this", Path().resolve(), workers))
    runs: dict[str, list[Mapping[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "leads.json"
        file.write_text(json.dumps(composed(count)), encoding="utf-8")
        for _ in range(turns):
            for name, tree, many in builds:
                runs.setdefault(name, []).append(measure(tree, file, many))
    rates = {name: median(run["per_s"] for run in some) for name, some in runs.items()}
    for name, _, many in builds:
        least = min(run["cpu_us"] for run in runs[name])
        print(f"{name:5} {many} worker(s): {rates[name]:,.0f} leads/s, CPU {least:.0f} µs a lead")
    print(f"a backlog of {count:,}: this/other {rates['this'] / rates['other']:.2f}")


if __name__ == "__main__":
    main()
