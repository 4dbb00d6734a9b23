"""Flatness: what a lead costs in a store of a thousand and in one of a million.

Method: leads of 300 bytes are accepted in batches of 64 (as at 64 connections) and refined in
batches of 100. The CPU time of both is taken over 5,000 leads at the beginning, and again when a
million leads, captured and refined, are there. CPU time, because it does not depend on what else
the machine does; the bytes written to the log show in it. The baseline is the beginning.
"""

import json
import random
import resource
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.report import Report
from leadline.journey.receiving.capture import CaptureKit, read
from leadline.journey.refinement.refining import refine_due
from leadline.kit import Kit
from leadline.model.lead import Delivery
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.store import SqliteStore
from leadline.wiring import sources

STORED = 1_000_000
SAMPLE = 5_000
GATE = 1.5


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Filler:
    def __init__(self, folder: Path) -> None:
        settings = Settings(data=folder)
        self.store = SqliteStore(folder)
        self.front = CaptureKit(sources(settings), timedelta())
        self.number = 0
        self.kit = Kit(
            store=self.store,
            sources=self.front.sources,
            channels={},
            clock=lambda: datetime.now(UTC),
            chance=random.random,
        )

    def accept(self, count: int, batch: int) -> None:
        at = datetime.now(UTC)
        for start in range(0, count, batch):
            leads = []
            for _ in range(min(batch, count - start)):
                self.number += 1
                n = self.number
                lead = {
                    "name": "Mirela Vance",
                    "email": f"lead{n}@example.com",
                    "phone": f"+1{200 + n // 10_000_000 % 700}{2_000_000 + n % 7_000_000}",
                    "company": f"Vance Tools {n}",
                    "message": "Looking for a demonstration. " * 4,
                }
                leads += read(Delivery("generic", json.dumps(lead).encode(), at), self.front)
            self.store.accept(leads)

    def refine(self, batch: int) -> None:
        while refine_due(self.kit, batch):
            pass


def cost_us(filler: Filler) -> tuple[float, float]:
    """CPU microseconds a lead: accepting, refining."""
    began = cpu_s()
    filler.accept(SAMPLE, 64)
    between = cpu_s()
    filler.refine(100)
    return (between - began) / SAMPLE * 1e6, (cpu_s() - between) / SAMPLE * 1e6


def run() -> Report:
    with tempfile.TemporaryDirectory(dir=".") as folder:
        filler = Filler(Path(folder))
        filler.accept(1_000, 64)
        filler.refine(100)
        accept_few, refine_few = cost_us(filler)
        while filler.number < STORED:
            filler.accept(10_000, 500)
            filler.refine(500)
        accept_many, refine_many = cost_us(filler)
    ratio = (accept_many + refine_many) / (accept_few + refine_few)
    lines = [
        f"a lead among {STORED:,}: accepted in {accept_many:.0f} µs of CPU, refined in "
        f"{refine_many:.0f} µs",
        f"among 1,000: {accept_few:.0f} µs and {refine_few:.0f} µs; ratio {ratio:.2f} "
        f"(gate {GATE})",
    ]
    figures = {
        "stored": STORED,
        "accept_us": accept_many,
        "refine_us": refine_many,
        "few_accept_us": accept_few,
        "few_refine_us": refine_few,
        "ratio": ratio,
    }
    return Report(lines, ratio < GATE, figures)
