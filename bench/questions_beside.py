"""The pages of the dashboard by the clock while leads are captured beside it, and what capture
loses by it.

Method: our HTTP server, which stores leads, a process that takes them in the index, and a sender
with a pace of 1,000 leads/s (`bench.paced`) each have a process of their own. The rate is measured
for a while without a dashboard, then while each page of the dashboard's own process is asked for 20
times over HTTP. The folder is copied before, since it grows by this. What is printed is by the
clock, so that the machine must do nothing else.

Alone: `python -m bench questions_beside`; `LEADLINE_BENCH_DATA` names a folder with composed leads,
and `LEADLINE_BENCH_LEADS` says how many are composed if it has none.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from bench.composed_leads import compose
from bench.dashboard_pages import FirstByte, measure_pages
from bench.report import Report
from leadline.model.rights import sync_path
from leadline.stores.sqlite.index.making import IndexMaker
from leadline.stores.sqlite.store import SqliteStore

PER_SECOND = 1_000
ALONE_S = 15.0
_LEADS = 1_000_000
_PAGE_MS, _SEARCH_MS, _MOST_LOST = 100.0, 200.0, 0.05


class Beside(NamedTuple):
    """The first bytes of each page while leads were captured, and the leads a second that were
    answered without and with the dashboard."""

    times: Mapping[str, list[FirstByte]]
    alone: float
    beside: float
    p99_alone_ms: float
    p99_beside_ms: float

    @property
    def lost(self) -> float:
        """The share of its rate that capture lost by the dashboard."""
        return max(0.0, 1 - self.beside / self.alone)

    def clock_p95(self, *, searched: bool) -> float:
        """The p95 by the clock of all pages, or of those that search."""
        return _p95(
            [one.clock for name, some in self.times.items() if ("search" in name) == searched
             for one in some]
        )  # fmt: skip

    def figures(self) -> dict[str, float]:
        """What is kept of it."""
        return {
            "beside_page_ms": self.clock_p95(searched=False),
            "beside_search_ms": self.clock_p95(searched=True),
            "beside_kept_share": 1 - self.lost,
        }

    def lines(self) -> Iterator[str]:
        """What is printed of it."""
        for name, some in self.times.items():
            clock = [one.clock for one in some]
            yield (
                f"first byte of {name} beside {PER_SECOND:,} captured leads/s, by the clock: p50 "
                f"{median(clock):.0f} ms, p95 {_p95(clock):.0f} ms"
            )
        yield (
            f"while {PER_SECOND:,} leads/s are captured, p95 by the clock: pages "
            f"{self.clock_p95(searched=False):.0f} ms (aim {_PAGE_MS:.0f}), those that search "
            f"{self.clock_p95(searched=True):.0f} ms (aim {_SEARCH_MS:.0f})"
        )
        yield f"load average {os.getloadavg()[0]:.1f}"
        yield (
            f"capture at a pace of {PER_SECOND:,}/s: {self.alone:,.0f}/s without a dashboard (p99 "
            f"{self.p99_alone_ms:.0f} ms), {self.beside:,.0f}/s beside it (p99 "
            f"{self.p99_beside_ms:.0f} ms): {self.lost:.1%} lost (aim {_MOST_LOST:.0%})"
        )


def measure_beside(folder: Path) -> Beside:
    """Measure on a copy of a data folder with an index."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as place, ExitStack() as stack:
        copy = Path(place, "copy").resolve()
        shutil.copytree(folder, copy)
        for one in copy.iterdir():  # else the disk is busy with it while pages are measured
            sync_path(one)
        port = stack.enter_context(capturing(copy))
        stack.enter_context(process("bench.index_maker", str(copy)))
        with sender(port, PER_SECOND) as alone:
            time.sleep(ALONE_S)  # how long the rate is measured
        with sender(port, PER_SECOND) as beside:
            pages = measure_pages(copy)
    found, other = alone[0], beside[0]
    return Beside(
        pages.times, found["per_second"], other["per_second"], found["p99_ms"], other["p99_ms"]
    )


@contextmanager
def capturing(folder: Path) -> Iterator[int]:
    """Our server on a data folder; its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        number = listener.fileno()
        words = ["bench.server", "store", str(folder), str(number)]
        with process(*words, keep=(number,)):
            yield listener.getsockname()[1]


@contextmanager
def sender(port: int, per_second: int) -> Iterator[list[dict[str, float]]]:
    """A sender with a pace; what it says of its rate is in the list when it has ended."""
    said: list[dict[str, float]] = []
    words = [sys.executable, "-m", "bench.paced", str(port), str(per_second)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as sender:
        try:
            yield said
        finally:
            sender.terminate()
            answer, _ = sender.communicate()
    said.append(json.loads(answer))


@contextmanager
def process(*words: str, keep: tuple[int, ...] = ()) -> Iterator[None]:
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(command, pass_fds=keep, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def run() -> Report:
    """Measure it alone."""
    with tempfile.TemporaryDirectory(dir=".") as place:
        folder = Path(os.environ.get("LEADLINE_BENCH_DATA") or place, "many")
        if not folder.exists():
            number = int(os.environ.get("LEADLINE_BENCH_LEADS") or _LEADS)
            compose(folder, number, datetime.now(UTC) - timedelta(days=300))
        with closing(SqliteStore(folder)) as store, closing(IndexMaker(store)) as maker:
            maker.all()
        found = measure_beside(folder)
    return Report(list(found.lines()), True)
