"""The pages of the dashboard by the clock while leads are captured beside it, and what capture
loses by it.

Method: our HTTP server, which stores leads, a process that takes them in the index, and a sender
with a pace of 1,000 leads/s (`bench.paced`) each have a process of their own. The rate is measured
for a while without a dashboard, then while each page of the dashboard's own process is asked for 20
times over HTTP; and all of it again while a worker refines leads as well (`bench.refiner`). The
folder is copied before, since it grows by this. The gates are on times by the clock, so that the
machine must do nothing else; the CPU time of the dashboard's process is printed beside them.

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
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from bench.composed_leads import compose
from bench.dashboard_pages import ROUNDS, PagesMeasured, measure_pages
from bench.report import Report
from leadline.model.rights import sync_path
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.index.asking import SqliteQuestions
from leadline.stores.sqlite.index.file import open_to_write, writing
from leadline.stores.sqlite.index.making import IndexMaker
from leadline.stores.sqlite.store import SqliteStore

PER_SECOND = 1_000
ALONE_S = 15.0
_LEADS = 1_000_000
_PAGE_MS, _SEARCH_MS, _MOST_LOST = 100.0, 200.0, 0.05


class Beside(NamedTuple):
    """The first bytes of each page while leads were captured, the leads a second that were
    answered without and with the dashboard, the same pages while a worker refined as well, and how
    many leads the index was behind at the end of both."""

    pages: PagesMeasured
    alone: float
    beside: float
    p99_alone_ms: float
    p99_beside_ms: float
    refining: PagesMeasured
    behind: tuple[int, int]

    @property
    def lost(self) -> float:
        """The share of its rate that capture lost by the dashboard."""
        return max(0.0, 1 - self.beside / self.alone)

    def clock_p95(self, *, searched: bool) -> float:
        """The p95 by the clock of all pages beside capture, or of those that search."""
        return _clock_p95(self.pages, searched=searched)

    def figures(self) -> dict[str, float]:
        """What is kept of it."""
        return {
            "beside_page_ms": self.clock_p95(searched=False),
            "beside_search_ms": self.clock_p95(searched=True),
            "beside_kept_share": 1 - self.lost,
        }

    def lines(self) -> Iterator[str]:
        """What is printed of it."""
        yield from _lines_of(self.pages, f"beside {PER_SECOND:,} captured leads/s")
        yield from _lines_of(self.refining, "beside capture and a worker that refines")
        yield (
            "while a worker refines as well: pages "
            f"{_clock_p95(self.refining, searched=False):.0f} ms, those that search "
            f"{_clock_p95(self.refining, searched=True):.0f} ms"
        )
        yield (
            f"the dashboard's process beside capture: {self.pages.resident_mb:.0f} MB; the index "
            f"was {self.behind[0]:,} leads behind, and {self.behind[1]:,} beside a worker"
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
        _adopt(copy)
        for one in copy.iterdir():  # else the disk is busy with it while pages are measured
            sync_path(one)
        port = stack.enter_context(capturing(copy))
        stack.enter_context(process("bench.index_maker", str(copy)))
        with sender(port, PER_SECOND) as alone:
            time.sleep(ALONE_S)  # how long the rate is measured
        with sender(port, PER_SECOND) as beside:
            pages, behind = measure_pages(copy), _leads_behind(copy)
        with process("bench.refiner", str(copy)), sender(port, PER_SECOND):
            refining, behind_refining = measure_pages(copy), _leads_behind(copy)
    found, other = alone[0], beside[0]
    return Beside(
        pages, found["per_second"], other["per_second"], found["p99_ms"], other["p99_ms"],
        refining, (behind, behind_refining),
    )  # fmt: skip


def _adopt(copy: Path) -> None:
    """Let the index of a copied folder be that of the copied data file, which is the same: else it
    would be made anew beside the measurement."""
    with closing(open_to_write(copy)) as index, writing(index):
        index.execute("UPDATE state SET inode = ?", ((copy / FILE).stat().st_ino,))


def _leads_behind(folder: Path) -> int:
    with closing(SqliteQuestions(folder)) as questions:
        return questions.behind(datetime.now(UTC)).leads


def _lines_of(pages: PagesMeasured, beside: str) -> Iterator[str]:
    for name, some in pages.times.items():
        cpu, clock = [one.cpu for one in some], [one.clock for one in some]
        yield (
            f"first byte of {name} {beside}: by the clock p50 {median(clock):.0f} ms, p95 "
            f"{_p95(clock):.0f} ms; CPU p50 {median(cpu):.0f} ms, p95 {_p95(cpu):.0f} ms"
        )
    for name, times in pages.missed.items():
        yield f"{name} {beside} gave no answer in time {times} times of {ROUNDS + 1}"


def _clock_p95(pages: PagesMeasured, *, searched: bool) -> float:
    some = (times for name, times in pages.times.items() if ("search" in name) == searched)
    return _p95([one.clock for times in some for one in times])


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
