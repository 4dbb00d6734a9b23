"""Backtests: how long it takes to replay 100,000 stored leads through changed settings.

Method: the leads of `bench.refine`, a tenth of them from people seen before, are put in a data
folder. Then `leadline rules backtest` does its work with and without the search for duplicates:
processes for each core read and refine, and one process links, decides and compares. The settings
have twenty rules and three teams; the changed ones give every lead to other teams.
"""

import random
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.refine import body
from bench.report import Report
from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli.rules._backtesting import pairs_of, settings_in, where
from leadline.entrypoints.rule_trials import side_of
from leadline.journey.backtest.comparing import Sums
from leadline.journey.backtest.replaying import Backtest
from leadline.journey.receiving.capture import CaptureKit, read
from leadline.model.lead import Delivery
from leadline.ports.reading.ledger import LeadFilter
from leadline.settings.top.general import Settings
from leadline.stores.sqlite.store import SqliteStore
from leadline.wiring import sources

LEADS = 100_000
MOST_S, MOST_WITHOUT_S = 180.0, 60.0
"""The longest that a backtest may take on two cores, with and without the search."""
EVERY = 1 << 40


def settings_file(folder: Path, name: str, order: str) -> Path:
    """Settings with twenty rules and three teams of four people."""
    lines: list[str] = []
    for number in range(12):
        lines += [f"[people.p{number}]", f'email = "p{number}@example.org"']
    for number in range(3):
        people = ", ".join(f'"p{number * 4 + one}"' for one in range(4))
        lines += [f"[teams.t{number}]", f"people = [{people}]", f'order = "{order}"']
        lines += ['fallback = "queue"', 'sticky = "person"']
    for number in range(19):
        lines += [f"[rules.r{number}]", f"min_score = {200 - number}", f'team = "t{number % 3}"']
    lines += ["[rules.last]", f'team = "{"t0" if order == "turn" else "t1"}"']
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


def folder_with_leads(folder: Path, leads: int) -> None:
    """Fill the data folder, as a month of deliveries."""
    front = CaptureKit(sources(Settings(data=folder)), timedelta(minutes=10))
    chance = random.Random(7)
    begin = datetime.now(UTC) - timedelta(days=29)
    gap = timedelta(days=28) / leads
    with closing(SqliteStore(folder)) as store:
        for start in range(0, leads, 500):
            batch = []
            for number in range(start, min(leads, start + 500)):
                at = begin + gap * number
                batch += read(Delivery("generic", body(number, chance), at), front)
            store.accept(batch)


def seconds(folder: Path, data: Path, *, compare: bool) -> tuple[float, Sums]:
    """How long one backtest takes, and its outcome."""
    options = Options(settings_file(folder, "old.toml", "turn"), data)
    began = time.perf_counter()
    found = where(options, settings_in(options, settings_file(folder, "new.toml", "least_open")))
    with closing(options.installation.ledger()) as ledger:
        lead_ids = ledger.ids(LeadFilter(limit=EVERY))
    test = Backtest(side_of(found.old), side_of(found.new), compare=compare)
    for pairs in pairs_of(options, found, lead_ids):
        test.take(pairs)
    for _ in test.finish():
        pass
    return time.perf_counter() - began, test.sums()


def run(leads: int = LEADS) -> Report:
    with tempfile.TemporaryDirectory(dir=".") as folder:
        data = Path(folder) / "data"
        folder_with_leads(data, leads)
        whole, sums = seconds(Path(folder), data, compare=True)
        without, _ = seconds(Path(folder), data, compare=False)
    lines = [
        f"backtest of {sums.leads:,} leads: {whole:.0f} s, {sums.leads / whole:,.0f} leads/s, "
        f"{sums.duplicates.new:,} duplicates (at most {MOST_S:.0f} s)",
        f"without a search for duplicates: {without:.0f} s, {sums.leads / without:,.0f} leads/s "
        f"(at most {MOST_WITHOUT_S:.0f} s)",
    ]
    figures = {
        "leads": sums.leads,
        "whole_s": whole,
        "without_s": without,
        "per_s": sums.leads / whole,
        "without_per_s": sums.leads / without,
    }
    is_good = whole <= MOST_S and without <= MOST_WITHOUT_S
    return Report(lines, is_good, figures)


if __name__ == "__main__":
    print(*run().lines, sep="\n")
