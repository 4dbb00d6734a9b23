"""First bytes of the pages of the dashboard's own process, asked over HTTP."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import urllib3

from bench.composed_leads import OWNERS, RARE, SOURCES
from bench.memory import free_port

ROUNDS = 20
_PATIENCE_S, _ANSWER_S = 60.0, 10.0
"""How long the process may take to begin, and a page to answer."""


class FirstByte(NamedTuple):
    """How long the first byte of an answer took, in milliseconds: CPU of the process, and by the
    clock."""

    cpu: float
    clock: float


class PagesMeasured(NamedTuple):
    """The first bytes of each page, the resident size of the process in MB afterwards, and how
    often a page gave no answer in time, which counts as one that took so long."""

    times: Mapping[str, list[FirstByte]]
    resident_mb: float
    missed: Mapping[str, int]


def measure_pages(folder: Path) -> PagesMeasured:
    """Ask for each page so many times, in turn; figures are of another time in each round, so that
    none is kept from the round before."""
    http = urllib3.PoolManager(retries=False, timeout=_ANSWER_S)
    missed: dict[str, int] = {}
    times: dict[str, list[FirstByte]] = {}
    with serving(folder, http) as (server, url):
        for at in range(ROUNDS + 1):
            for name, path in _paths(at).items():
                taken, in_time = _first_byte(http, url + path, server.pid)
                if not in_time:
                    missed[name] = missed.get(name, 0) + 1
                if at:  # the first round compiles templates
                    times.setdefault(name, []).append(taken)
        size = _resident_mb(server.pid)
    return PagesMeasured(times, size, missed)


def _paths(at: int) -> dict[str, str]:
    since = (datetime.now(UTC) - timedelta(days=30, seconds=at)).strftime("%Y-%m-%dT%H:%M:%S")
    owner, source = OWNERS[at % len(OWNERS)].replace(" ", "+"), SOURCES[at % len(SOURCES)]
    return {
        "LIVE": ("/", "/?range=24h", "/?range=7d")[at % 3],
        "LEADS": "/leads",
        "LEADS, of an owner": f"/leads?owner={owner}",
        "LEADS, of a source by score": f"/leads?source={source}&sort=score",
        "LEADS, seen before, by company": "/leads?duplicates=1&sort=company",
        "LEADS, dead letters": "/leads?dead=1",
        "LEADS, search: rare name": f"/leads?q={RARE}",
        "LEADS, search: common word": "/leads?q=example",
        "LEADS, search: phone": f"/leads?q=030+{1000 + at * 37}",
        "LEADS, search: two letters": "/leads?q=ng",
        "LEADS, new": "/leads/new?than=00000000-0000-7000-8000-000000000000",
        "DEAD": "/dead",
        "TEAM": "/team",
        "RESPONSE": f"/response?from={since}",
        "ANALYTICS": f"/analytics?from={since}",
        "RULES": "/rules",
        "HEALTH": "/health",
        "AUDIT": "/audit",
        "JSON: leads": f"/api/v1/leads?source={source}",
    }


@contextmanager
def serving(
    folder: Path, http: urllib3.PoolManager
) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """The dashboard's own process on a data folder, and its URL."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    words = [sys.executable, "-m", "bench.dashboard_server", str(folder), str(port)]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_until_up(http, url)
            yield server, url
        finally:
            server.terminate()


def _wait_until_up(http: urllib3.PoolManager, url: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            http.request("GET", f"{url}/rules")
            return
        except urllib3.exceptions.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _first_byte(http: urllib3.PoolManager, url: str, pid: int) -> tuple[FirstByte, bool]:
    """What the first byte of an answer took, and whether it came in time."""
    used, began = _cpu_ms(pid), time.perf_counter()
    try:
        answer = http.request("GET", url, preload_content=False)
        clock = (time.perf_counter() - began) * 1e3
        answer.read()
    except urllib3.exceptions.TimeoutError:
        return FirstByte(_cpu_ms(pid) - used, (time.perf_counter() - began) * 1e3), False
    answer.release_conn()
    if answer.status != 200:
        raise RuntimeError(f"{url} was answered with {answer.status}")
    return FirstByte(_cpu_ms(pid) - used, clock), True


def _cpu_ms(pid: int) -> float:
    """The CPU time of all threads of a process that live."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((one / "schedstat").read_text().split()[0]) for one in threads) / 1e6


def _resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(facts["VmRSS"].split()[0]) / 1000
