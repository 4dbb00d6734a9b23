"""Durable capture: how many leads a second are accepted, fsynced, at 64 connections.

Method: our HTTP server in a process of its own, a load generator in another (`bench.load`, bodies
of 1.9 KB, 64 connections, each sending its next lead when the last is answered), for five
seconds. The baseline is the same server with the same parsing and the same batching, whose inbox
keeps nothing. Both run in turn, three times; the middle ratio counts. A slow disk shows in the
ratio, a slow machine in both.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

import urllib3

from bench.load import USUAL_SIZE
from bench.report import Report

CONNECTIONS = 64
SECONDS = 5.0
ROUNDS = 3
GATE_RATIO, AIM_RATIO = 0.35, 0.5
GATE_P99_MS = 30.0


class Load(NamedTuple):
    """What is sent: how many leads at a time, their size in bytes, whether heads differ, and for
    how many seconds."""

    connections: int = CONNECTIONS
    size: int = USUAL_SIZE
    own_heads: bool = False
    seconds: float = SECONDS


USUAL = Load()


def measure(mode: str, first: int, load: Load = USUAL, build: Path = Path()) -> dict[str, float]:
    """One run of one server, of the build whose working tree is in *build*. `cpu_us` is what a lead
    costs all its threads; `largest_mb` is its memory at its largest."""
    tree = build.resolve()
    environment = {**os.environ, "PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}"}
    with (
        tempfile.TemporaryDirectory(dir=".") as folder,
        socket.create_server(("127.0.0.1", 0), backlog=1024) as listener,
    ):
        port, number = listener.getsockname()[1], listener.fileno()
        server = subprocess.Popen(
            [sys.executable, "-m", "bench.server", mode, str(Path(folder).resolve()), str(number)],
            pass_fds=[number],
            cwd=tree,
            env=environment,
        )
        try:
            wait_ready(port)
            before = cpu_s(server.pid)
            words = [port, load.connections, load.seconds, first, load.size, int(load.own_heads)]
            done = subprocess.run(
                [sys.executable, "-m", "bench.load", *map(str, words)],
                capture_output=True,
                check=True,
                timeout=120,
            )
            spent, largest = cpu_s(server.pid) - before, largest_mb(server.pid)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    figures: dict[str, float] = json.loads(done.stdout)
    cost = spent / figures["answered"] * 1e6
    return {**figures, "cpu_us": cost, "largest_mb": largest}


def cpu_s(pid: int) -> float:
    """The seconds of CPU that a process has used (`proc_pid_stat(5)`)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def largest_mb(pid: int) -> float:
    """The most memory that a process ever had, in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (line,) = (one for one in status.splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def wait_ready(port: int) -> None:
    http = urllib3.PoolManager(retries=False)
    for _ in range(200):
        try:
            if http.request("GET", f"http://127.0.0.1:{port}/readyz").status == 200:
                return
        except urllib3.exceptions.HTTPError:
            pass
        time.sleep(0.05)
    raise RuntimeError("the server does not come up")


def run() -> Report:
    pairs = []
    for number in range(ROUNDS):
        nothing = measure("nothing", number * 1_000_000)
        stored = measure("store", number * 1_000_000)
        pairs.append((stored["per_second"] / nothing["per_second"], stored, nothing))
    pairs.sort(key=lambda pair: pair[0])
    ratio, stored, nothing = pairs[len(pairs) // 2]
    p99 = median(pair[1]["p99_ms"] for pair in pairs)
    good = ratio >= GATE_RATIO and p99 < GATE_P99_MS
    lines = [
        f"durable capture: {stored['per_second']:,.0f} leads/s, p50 {stored['p50_ms']:.1f} ms, "
        f"p99 {p99:.1f} ms (gate {GATE_P99_MS:.0f} ms)",
        f"the same server keeping nothing: {nothing['per_second']:,.0f}/s; "
        f"ratio {ratio:.2f} (gate {GATE_RATIO}, aim {AIM_RATIO})",
    ]
    figures = {
        "per_s": stored["per_second"],
        "p50_ms": stored["p50_ms"],
        "p99_ms": p99,
        "storing_nothing_per_s": nothing["per_second"],
        "ratio": ratio,
    }
    return Report(lines, good, figures)
