"""Lateness: how long after its time a due lead is refined, with 100,000 others waiting.

Method: a store holds 100,000 leads that are due in an hour; 2,000 more become due one after
another over twenty seconds. A worker process runs; half-way it is killed (SIGKILL) and started
again. Lateness is the refined lead's `processed_at` less its due time. The baseline is the same
without the 100,000.
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.report import Report
from leadline.model.ids import uuid7
from leadline.model.lead import CapturedLead, Kind
from leadline.stores.sqlite.store import SqliteStore

WAITING = 100_000
STREAM = 2_000
OVER_S = 20.0
GATE_P99_S = 1.0


def fill(store: SqliteStore, count: int, due_at: datetime, spread_s: float, word: str) -> None:
    now = datetime.now(UTC)
    for start in range(0, count, 500):
        batch = []
        for n in range(start, min(count, start + 500)):
            due = due_at + timedelta(seconds=spread_s * n / count)
            raw = json.dumps({"name": "Mirela Vance", "email": f"{word}{n}@example.com"}).encode()
            key = f"{word}{n}".encode().ljust(16, b"\0")[:16]
            batch.append(CapturedLead(uuid7(now), "generic", Kind.CREATED, now, due, raw, key))
        store.accept(batch)


def start_worker(folder: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "leadline.entrypoints.cli", "--data", folder, "worker"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def lateness(waiting: int) -> list[float]:
    """The lateness of each lead of the stream, in seconds, sorted."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        store = SqliteStore(Path(folder))
        fill(store, waiting, datetime.now(UTC) + timedelta(hours=1), 60, "later")
        begin = datetime.now(UTC) + timedelta(seconds=4)
        fill(store, STREAM, begin, OVER_S, "soon")
        worker = start_worker(folder)
        time.sleep(4 + OVER_S / 2)
        worker.kill()
        worker.wait()
        worker = start_worker(folder)
        time.sleep(OVER_S / 2 + 3)
        worker.send_signal(signal.SIGTERM)
        worker.wait()
        rows = store.db.rows("SELECT lead, processed_at FROM refined ORDER BY lead")
        store.close()
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    due = {waiting + n + 1: begin + timedelta(seconds=OVER_S * n / STREAM) for n in range(STREAM)}
    late = [(epoch + timedelta(microseconds=at) - due[lead]).total_seconds() for lead, at in rows]
    if len(late) != STREAM:
        raise RuntimeError(f"{len(late)} of {STREAM} leads were refined")
    return sorted(late)


def run() -> Report:
    crowded, alone = lateness(WAITING), lateness(0)
    p99, base = crowded[STREAM * 99 // 100], alone[STREAM * 99 // 100]
    lines = [
        f"lateness with {WAITING:,} waiting and one restart: p50 {crowded[STREAM // 2]:.3f} s, "
        f"p99 {p99:.3f} s (gate {GATE_P99_S} s)",
        f"with nothing else waiting: p99 {base:.3f} s; ratio {p99 / base:.2f}",
    ]
    figures = {
        "waiting": WAITING,
        "p50_s": crowded[STREAM // 2],
        "p99_s": p99,
        "alone_p99_s": base,
        "ratio": p99 / base,
    }
    return Report(lines, p99 < GATE_P99_S, figures)
