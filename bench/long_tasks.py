"""What the browser does while somebody watches pages: the tasks of its main thread, in which a page
neither scrolls nor answers. Those of more than 50 ms by the clock are "long" (W3C, Long Tasks API).

Method: real Chromium opens pages of the dashboard's own process among 10,000 composed leads while
50 leads/s are captured by our HTTP server (`bench.questions_beside`) and taken in the index. LIVE
is watched for a minute while nothing comes in, for a minute with leads, and for half of one with a
processor that is slowed down four times (`Emulation.setCPUThrottlingRate`); the other pages for a
quarter of one. What happens until two seconds after a page was loaded does not count.

A task's time by the clock also has what other programs take from the processor meanwhile, so the
aim is for its CPU time, which Chromium's trace has of each task (`tdur`).

`python -m bench long_tasks`; `LEADLINE_BENCH_DATA` names a folder with composed leads, and
`CHROMIUM` the browser.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import urllib3
from playwright.sync_api import Browser, sync_playwright

from bench.composed_leads import compose
from bench.dashboard_pages import serving
from bench.questions_beside import capturing, process, sender
from bench.report import Report
from leadline.stores.sqlite.index.making import IndexMaker
from leadline.stores.sqlite.store import SqliteStore

LEADS, PER_SECOND = 10_000, 50
_LONG_MS, _AIM_MS = 50.0, 25.0
_SETTLED_S = 2.0
_SLOWED = 4
_CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
_TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline"]
_TASK = ("RunTask",)
_SCRIPT = ("FunctionCall", "EvaluateScript")
_LAYOUT = ("UpdateLayoutTree", "Layout", "PrePaint")


class Watch(NamedTuple):
    """What is watched: a page, for how many seconds, with leads that come in or none, and how many
    times the processor is slowed down."""

    name: str
    path: str
    seconds: float
    comes_in: bool = True
    slowed: int = 1


WATCHES = (
    Watch("LIVE, nothing comes in", "/", 60, comes_in=False),
    Watch("LIVE", "/", 60),
    Watch(f"LIVE, {_SLOWED} times slower", "/", 30, slowed=_SLOWED),
    Watch("LIVE, 24 hours", "/?range=24h", 15),
    Watch("LEADS", "/leads", 15),
    Watch("RESPONSE", "/response", 15),
    Watch("TEAM", "/team", 15),
    Watch("HEALTH", "/health", 15),
)


class Watched(NamedTuple):
    """The tasks of a page's main thread: their time by the clock and of the processor, and the
    processor's time for scripts and for style and layout in all of them, in milliseconds."""

    clock: Sequence[float]
    cpu: Sequence[float]
    script: float
    layout: float

    @property
    def long(self) -> list[float]:
        """Those that are long by the clock."""
        return [one for one in self.clock if one > _LONG_MS]


def _watched(browser: Browser, url: str, watch: Watch, port: int) -> Watched:
    """The tasks of a page that is open for a while."""
    with closing(browser.new_page(viewport={"width": 1280, "height": 900})) as page:
        if watch.slowed > 1:
            session = page.context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": watch.slowed})
        page.goto(url + watch.path)
        time.sleep(_SETTLED_S)  # what loading costs is another question
        with sender(port, PER_SECOND) if watch.comes_in else nullcontext():
            browser.start_tracing(page=page, categories=_TRACED)
            page.wait_for_timeout(watch.seconds * 1000)
            return _tasks(json.loads(browser.stop_tracing())["traceEvents"])


def _tasks(events: Sequence[Mapping[str, Any]]) -> Watched:
    """The tasks in a trace, of the main thread of a page that did most."""
    pages: dict[tuple[int, int], list[Mapping[str, Any]]] = {
        (one["pid"], one["tid"]): []
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    for one in events:
        if one.get("ph") == "X" and (of := (one["pid"], one["tid"])) in pages:
            pages[of].append(one)
    mine = max(pages.values(), key=lambda some: _sum_of(some, _TASK))
    tasks = [one for one in mine if one["name"] in _TASK]
    return Watched(
        [one["dur"] / 1e3 for one in tasks],
        [one.get("tdur", 0) / 1e3 for one in tasks],
        _sum_of(mine, _SCRIPT),
        _sum_of(mine, _LAYOUT),
    )


def _sum_of(events: Sequence[Mapping[str, Any]], names: Sequence[str]) -> float:
    return sum(float(one.get("tdur", 0)) for one in events if one["name"] in names) / 1e3


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def _measured(folder: Path) -> dict[Watch, Watched]:
    """The tasks of each page."""
    http = urllib3.PoolManager(retries=False, timeout=60)
    with ExitStack() as stack:
        port = stack.enter_context(capturing(folder))
        stack.enter_context(process("bench.index_maker", str(folder)))
        _, url = stack.enter_context(serving(folder, http))
        browser = stack.enter_context(_browser())
        return {watch: _watched(browser, url, watch, port) for watch in WATCHES}


def _line(watch: Watch, found: Watched) -> str:
    every, script, layout = (
        f"{ms / watch.seconds:.1f}" for ms in (sum(found.cpu), found.script, found.layout)
    )
    return (
        f"{watch.name}, {watch.seconds:.0f} s: the longest of {len(found.cpu):,} tasks takes "
        f"{max(found.cpu):.1f} ms of CPU (aim {_AIM_MS:.0f}); a second {every} ms in all, {script} "
        f"of it scripts, {layout} style and layout; by the clock {len(found.long)} of more than "
        f"{_LONG_MS:.0f} ms, the longest {max(found.clock):.0f} ms"
    )


def run() -> Report:
    """Measure it alone."""
    with tempfile.TemporaryDirectory(dir=".") as place:
        folder = Path(place, "few").resolve()
        kept = Path(os.environ.get("LEADLINE_BENCH_DATA") or place, "few")
        if kept.exists():
            shutil.copytree(kept, folder)
        else:
            compose(folder, LEADS, datetime.now(UTC) - timedelta(days=300))
        with closing(SqliteStore(folder)) as store, closing(IndexMaker(store)) as maker:
            maker.all()
        found = _measured(folder)
    lines = [_line(watch, tasks) for watch, tasks in found.items()]
    lines.append(f"load average {os.getloadavg()[0]:.1f}")
    unslowed = [max(tasks.cpu) for watch, tasks in found.items() if watch.slowed == 1]
    return Report(lines, max(unslowed) <= _AIM_MS)
