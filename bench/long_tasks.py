"""What the browser does while somebody watches LIVE: tasks of its main thread that last longer than
50 ms, in which a page neither scrolls nor answers (W3C, Long Tasks API).

Method: real Chromium opens LIVE of the dashboard's own process among 10,000 composed leads and
watches it for a minute, once while nothing comes in, and once while 50 leads/s are captured by our
HTTP server (`bench.questions_beside`) and taken in the index. Tasks until a second after the page
was loaded do not count. They are measured by the clock, so that the machine must do nothing else.

`python -m bench long_tasks`; `LEADLINE_BENCH_DATA` names a folder with composed leads, and
`CHROMIUM` the browser.
"""

import os
import shutil
import tempfile
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import urllib3
from playwright.sync_api import Page, sync_playwright

from bench.composed_leads import compose
from bench.dashboard_pages import serving
from bench.questions_beside import capturing, process, sender
from bench.report import Report
from leadline.stores.sqlite.index.making import IndexMaker
from leadline.stores.sqlite.store import SqliteStore

LEADS, PER_SECOND, WATCHED_S = 10_000, 50, 60.0
_CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
_OBSERVE = """
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.longTasks.push(one.duration);
}).observe({type: "longtask", buffered: true});
"""
_FOUND = "() => window.longTasks"
_SETTLED_S = 1.0


def _watched(page: Page, url: str) -> list[float]:
    """The long tasks of a page that is open for a while, in milliseconds."""
    page.goto(url)
    time.sleep(_SETTLED_S)  # what loading costs is another question
    before = len(page.evaluate(_FOUND))
    page.wait_for_timeout(WATCHED_S * 1000)
    found: list[float] = page.evaluate(_FOUND)
    return found[before:]


def _measured(folder: Path) -> tuple[list[float], list[float], float, int]:
    """The long tasks without and with leads that come in, how many came a second, and how often
    the page changed."""
    http = urllib3.PoolManager(retries=False, timeout=60)
    with ExitStack() as stack:
        port = stack.enter_context(capturing(folder))
        stack.enter_context(process("bench.index_maker", str(folder)))
        _, url = stack.enter_context(serving(folder, http))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_FLAGS))
        stack.callback(browser.close)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(_OBSERVE)
        quiet = _watched(page, url)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        with sender(port, PER_SECOND) as said:
            busy = _watched(page, url)
    return quiet, busy, said[0]["per_second"], sum("/live/" in one for one in asked)


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
        quiet, busy, per_second, parts = _measured(folder)
    lines = [
        f"LIVE in Chromium for {WATCHED_S:.0f} s while {per_second:.0f} leads/s come in "
        f"({parts} parts loaded anew): {len(busy)} tasks of more than 50 ms (aim 0), the longest "
        f"{max(busy, default=0):.0f} ms; while none comes in: {len(quiet)}",
        f"load average {os.getloadavg()[0]:.1f}",
    ]
    return Report(lines, not busy)
