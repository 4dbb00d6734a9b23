"""Encryption at rest: what a lead costs in CPU when the data folder is encrypted.

Method: the same batches of 64 leads go to two stores of this process in turn, one of which
encrypts; the CPU of this thread is counted, and of each kind the least round counts, for what else
the machine does only adds. What encryption adds to that is related to what a lead costs the whole
HTTP server (`bench.capture` at 64 connections, the least of its runs).
"""

import os
import tempfile
import time
from base64 import b64encode
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from bench.capture import Load, measure
from bench.load import lead
from bench.report import Report
from leadline import wiring
from leadline.model.ids import uuid7
from leadline.model.lead import CapturedLead, Kind
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.store import SqliteStore

ROUNDS, BATCHES, BATCH = 24, 24, 64
GATE_RATIO = 1.15
SIZES = (1_900, 500)


def run() -> Report:
    lines, good = [], True
    for size in SIZES:
        added = _added(size)
        runs = [measure("store", n * 1_000_000, Load(size=size, seconds=3.0)) for n in range(3)]
        whole = min(one["cpu_us"] for one in runs)
        ratio = (whole + added) / whole
        good = good and ratio <= GATE_RATIO
        lines.append(
            f"capture of {size:,} bytes: {whole:.1f} µs of CPU a lead, encryption adds "
            f"{added:.1f} µs: {ratio:.3f} times as much (gate {GATE_RATIO})"
        )
    return Report(lines, good)


def _added(size: int) -> float:
    """The microseconds of CPU that encryption adds to keeping a lead of so many bytes."""
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name).resolve()
        key = folder / "key"
        key.write_bytes(b64encode(os.urandom(32)))
        key.chmod(0o600)
        with (
            closing(wiring.store(Settings(data=folder / "plain"))) as plain,
            closing(
                wiring.store(Settings(data=folder / "sealed", encryption_key=f"file:{key}"))
            ) as sealed,
        ):
            costs = [(_cost(plain, size, n), _cost(sealed, size, n)) for n in range(ROUNDS)]
    return min(one for _, one in costs) - min(one for one, _ in costs)


def _cost(store: SqliteStore, size: int, number: int) -> float:
    """The microseconds of CPU for each lead of a round."""
    before, after = lead(size).split(b"@@", 1)
    spent = 0.0
    for batch in range(BATCHES):
        first = (number * BATCHES + batch) * BATCH
        leads = [_lead(before + b"%07d" % n + after, n) for n in range(first, first + BATCH)]
        began = time.thread_time()
        store.accept(leads)
        spent += time.thread_time() - began
    return spent / (BATCHES * BATCH) * 1e6


def _lead(raw: bytes, number: int) -> CapturedLead:
    now = datetime.now(UTC)
    return CapturedLead(
        id=uuid7(now), source="generic", kind=Kind.CREATED, captured_at=now,
        due_at=now + timedelta(minutes=10), raw=raw, lasting_key=True,
        media_type="application/json",
        event_key=blake2b(b"%d" % number, digest_size=16).digest(),
    )  # fmt: skip
