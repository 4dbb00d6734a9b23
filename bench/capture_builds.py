"""Capture of this build beside that of another: `python -m bench.capture_builds TREE [SECONDS
[ROUNDS]]`, where TREE is a working tree of the other build, such as `git worktree add` makes.

Method: both servers run on this interpreter and its libraries, in turns, with the load of
`bench.capture`: 16, 64 and 256 connections with bodies of 0.3, 2 and 50 KB; once more with heads
that all differ, as those of senders that sign do. Of each, the least CPU a lead of all rounds
counts, because what else the machine does only adds to it; of rates and latencies the middle. The
price of durability is the CPU with the store less that of the server that keeps nothing. The
ceiling is what the disk takes if one thread does nothing but append as many bytes as a batch has
and sync them.
"""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.capture import Load, measure

SIZES = (300, 2_000, 50_000)
CONNECTIONS = (64, 16, 256)
MODES = ("nothing", "store")
Figures = dict[str, float]


def ceiling(size: int, batch: int, seconds: float = 1.0) -> float:
    """How many leads a second the disk could take in synced batches."""
    content, count = b"x" * (size * batch), 0
    with tempfile.TemporaryDirectory(dir=".") as folder:
        file = os.open(Path(folder) / "log", os.O_CREAT | os.O_WRONLY)
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            os.pwrite(file, content, count % 64 * len(content))
            os.fdatasync(file)
            count += 1
        took = time.perf_counter() - began
        os.close(file)
    return count * batch / took


def best(runs: Sequence[Figures]) -> Figures:
    """The figures that count of several runs of one server."""
    least = {name: min(run[name] for run in runs) for name in ("cpu_us", "largest_mb")}
    middle = {
        name: median(run[name] for run in runs) for name in ("per_second", "p50_ms", "p99_ms")
    }
    return {**least, **middle}


def compared(builds: Sequence[Path], load: Load, rounds: int) -> list[str]:
    """The lines about one load."""
    runs: dict[tuple[int, str], list[Figures]] = {}
    for turn in range(rounds):
        for mode in MODES:
            for number, build in enumerate(builds):
                one = measure(mode, turn * 1_000_000, load, build)
                runs.setdefault((number, mode), []).append(one)
    found = {key: best(of_one) for key, of_one in runs.items()}
    other, this = found[0, "store"], found[1, "store"]
    prices = [found[n, "store"]["cpu_us"] - found[n, "nothing"]["cpu_us"] for n in (0, 1)]
    heads = ", heads that differ" if load.own_heads else ""
    return [
        f"{load.connections} connections, {load.size} bytes{heads}; the disk's ceiling is "
        f"{ceiling(load.size, load.connections):,.0f} leads/s",
        _line("other", other),
        _line("this", this),
        f"  this/other: leads/s {this['per_second'] / other['per_second']:.2f}, "
        f"CPU {this['cpu_us'] / other['cpu_us']:.2f}, "
        f"price of durability {prices[1]:.0f}/{prices[0]:.0f} µs = {prices[1] / prices[0]:.2f}",
    ]


def _line(name: str, of: Figures) -> str:
    return (
        f"  {name:5} {of['per_second']:8,.0f} leads/s, CPU {of['cpu_us']:5.0f} µs a lead, "
        f"p50 {of['p50_ms']:.1f} ms, p99 {of['p99_ms']:.1f} ms, memory {of['largest_mb']:.0f} MB"
    )


def main() -> None:
    other = Path(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 3.0
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    loads = [Load(many, size, seconds=seconds) for many in CONNECTIONS for size in SIZES]
    for load in [*loads, Load(own_heads=True, seconds=seconds)]:
        for line in compared((other, Path()), load, rounds):
            print(line, flush=True)


if __name__ == "__main__":
    main()
