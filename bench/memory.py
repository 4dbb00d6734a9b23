"""Memory: how large each process is after 200,000 leads.

Method: `leadline serve` with no delay takes 200,000 leads of 1.9 KB over 64 connections and
refines them all; then the resident size of each of its processes is read. The baseline is the
same processes when they have just started.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import urllib3

from bench.capture import wait_ready
from bench.report import Report

LEADS = 200_000
GATE_MB = 150.0


def resident_mb(parent: int) -> dict[str, float]:
    """The resident size of a server's processes, by what they run."""
    sizes: dict[str, float] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            status = (entry / "status").read_text()
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        facts = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        if int(facts["PPid"]) == parent or int(entry.name) == parent:
            name = b" ".join(words[2:-1]).decode().rpartition("entrypoints.")[2]
            sizes[name.split()[0] + " " + " ".join(name.split()[1:2])] = (
                int(facts["VmRSS"].split()[0]) / 1000
            )
    return sizes


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def run() -> Report:
    http = urllib3.PoolManager(retries=False)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        port = free_port()
        environment = {
            **os.environ,
            "LEADLINE_DATA": folder,
            "LEADLINE_PORT": str(port),
            "LEADLINE_DASHBOARD_PORT": "0",
            "LEADLINE_DELAY": "0",
            "LEADLINE_LOG_LEVEL": "warning",
        }
        command = [sys.executable, "-m", "leadline.entrypoints.cli", "serve"]
        server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        try:
            figures = _measure(http, port, server.pid)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait()
    before, after, refined = figures
    largest = max(after.values())
    growth = max(after[n] / before[n] for n in before if n in after)
    lines = [
        f"memory after {refined:,.0f} leads: "
        + ", ".join(f"{n.strip()} {mb:.0f} MB" for n, mb in sorted(after.items()))
        + f" (gate {GATE_MB:.0f} MB each)",
        "when just started: "
        + ", ".join(f"{n.strip()} {mb:.0f} MB" for n, mb in sorted(before.items()))
        + f"; largest ratio {growth:.2f}",
    ]
    shown = {
        "leads": refined,
        "largest_mb": largest,
        "started_mb": max(before.values()),
        "ratio": growth,
    }
    return Report(lines, largest < GATE_MB, shown)


def _measure(
    http: urllib3.PoolManager, port: int, pid: int
) -> tuple[dict[str, float], dict[str, float], float]:
    wait_ready(port)
    time.sleep(1)
    before = resident_mb(pid)
    run = 0
    while _count(http, port, "captured") < LEADS:
        run += 1
        first = str(run * 10_000_000)  # never the same lead twice
        load = [sys.executable, "-m", "bench.load", str(port), "64", "4", first]
        subprocess.run(load, check=True, capture_output=True, timeout=120)
    while (refined := _count(http, port, "refined")) < _count(http, port, "captured"):
        time.sleep(1)
    return before, resident_mb(pid), refined


def _count(http: urllib3.PoolManager, port: int, what: str) -> float:
    text = http.request("GET", f"http://127.0.0.1:{port}/metrics").data.decode()
    for line in text.splitlines():
        if line.startswith("leadline_events_total") and f'what="{what}"' in line:
            return float(line.rpartition(" ")[2])
    return 0.0
