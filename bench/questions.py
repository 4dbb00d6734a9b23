"""The questions of lists and charts: how long answers take with 10,000 leads and with a million.

Method: composed leads are written in a data folder and taken in the index; then each question is
put 40 times, with other values each time, on one connection, as somebody does who opens a page: the
rows of its first page and how many there are. The gates are on p95 of the CPU time, because it does
not depend on what else the machine does; what it took by the clock is printed beside it. Then the
dashboard's own process is asked for each of its pages 20 times over HTTP, until the first byte; and
again while 1,000 leads/s are captured beside it (`bench.questions_beside`), by the clock. The
price for capture is the CPU time of accepting leads with the triggers and the index of the data
file that are there for this and without them, in turn. The baseline are the 10,000 leads.

`LEADLINE_BENCH_DATA` names a folder in which composed leads are kept for the next run.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from bench.composed_leads import CAMPAIGNS, OWNERS, RARE, SOURCES, compose
from bench.dashboard_pages import measure_pages
from bench.flat import Filler, cpu_s
from bench.questions_beside import Beside, measure_beside
from bench.report import Report
from leadline.model.lead import Status
from leadline.ports.reading.questions import By, LeadQuestion, Questions, Repeats, SortKey
from leadline.stores.sqlite.file.folder import INDEX
from leadline.stores.sqlite.index.asking import SqliteQuestions
from leadline.stores.sqlite.index.making import IndexMaker
from leadline.stores.sqlite.store import SqliteStore

FEW, MANY = 10_000, 1_000_000
ROUNDS = 40
PAGE_MS, SEARCH_MS, MOST_LOST, MOST_MB = 100.0, 200.0, 0.05, 120.0
"""The gates: p95 of pages and of searches, the share of its rate that capture may lose, and the
resident size of the dashboard's process."""
_SAMPLE, _TURNS = 2_000, 10
_NOW = datetime.now(UTC)
_YEAR = (_NOW - timedelta(days=320), _NOW + timedelta(days=1))
_MONTH = (_YEAR[0], _YEAR[0] + timedelta(30))
_CHANCE = random.Random(22)

Asked = Callable[[Questions], object]


def _queries() -> dict[str, LeadQuestion]:
    """Pages by filter and order; some values are chosen anew in each round."""
    pick = _CHANCE.choice
    at = _YEAR[0] + timedelta(days=_CHANCE.randint(10, 290))
    return {
        "newest": LeadQuestion(),
        "oldest": LeadQuestion(descending=False),
        "by score": LeadQuestion(sort=SortKey.SCORE),
        "by owner": LeadQuestion(sort=SortKey.OWNER, descending=False),
        "by company": LeadQuestion(sort=SortKey.COMPANY, descending=False),
        "by name": LeadQuestion(sort=SortKey.NAME, descending=False),
        "by source": LeadQuestion(sort=SortKey.SOURCE, descending=False),
        "by status, the last": LeadQuestion(sort=SortKey.STATUS),
        "one owner by source": LeadQuestion(owners=(pick(OWNERS),), sort=SortKey.SOURCE),
        "one source": LeadQuestion(sources=(pick(SOURCES),)),
        "one source by score": LeadQuestion(sources=(pick(SOURCES),), sort=SortKey.SCORE),
        "one owner": LeadQuestion(owners=(pick(OWNERS),)),
        "one campaign and owner": LeadQuestion(
            owners=(pick(OWNERS),), campaigns=(pick(CAMPAIGNS),)
        ),
        "owner, campaign, source by company": LeadQuestion(
            owners=(pick(OWNERS),), campaigns=(pick(CAMPAIGNS),), sources=("generic",),
            sort=SortKey.COMPANY,
        ),
        "dead": LeadQuestion(dead=True),
        "status dead of one source": LeadQuestion(statuses=(Status.DEAD,), sources=("typeform",)),
        "unowned": LeadQuestion(unowned=True),
        "duplicates by score": LeadQuestion(repeats=Repeats.ONLY, sort=SortKey.SCORE),
        "one day": LeadQuestion(since=at, until=at + timedelta(days=1)),
        "one day by score": LeadQuestion(
            since=at, until=at + timedelta(days=1), sort=SortKey.SCORE
        ),
        "one month of an owner": LeadQuestion(
            since=at, until=at + timedelta(days=30), owners=(pick(OWNERS),)
        ),
    }  # fmt: skip


def _searches() -> dict[str, LeadQuestion]:
    syllable = _CHANCE.choice(("ma", "ba", "ki", "ge"))
    return {
        "rare name": LeadQuestion(text=RARE),
        "common word": LeadQuestion(text="example"),
        "three letters": LeadQuestion(text=_CHANCE.choice(("bam", "lof", "kad"))),
        "part of an e-mail address": LeadQuestion(text=f"{_CHANCE.randint(100, 999)}@exam"),
        "two letters": LeadQuestion(text=syllable),
        "two letters that nobody has": LeadQuestion(text="ng"),
        "phone": LeadQuestion(text=f"030 {_CHANCE.randint(1000, 9999)}"),
        "two words": LeadQuestion(text=f"{syllable}ba gmbh"),
        "common word of one owner": LeadQuestion(text="gmbh", owners=(_CHANCE.choice(OWNERS),)),
        "nothing": LeadQuestion(text="zzzzqqq"),
    }


def _asked(query: LeadQuestion) -> Asked:
    """A page as somebody opens it: the rows of the first page, and how many there are."""
    return lambda questions: (questions.page(query), questions.count(query))


def _others() -> dict[str, Asked]:
    return {
        "values of the filters": lambda q: q.facets(LeadQuestion()),
        "figures of a year": lambda q: q.figures(*_YEAR),
        "figures of a year by owner": lambda q: q.figures(*_YEAR, by=(By.OWNER,)),
        "figures of a month by day": lambda q: q.figures(*_MONTH, by=(By.DAY,)),
        "bars of a day": lambda q: q.hours(_YEAR[0], _YEAR[0] + timedelta(1), timedelta(minutes=5)),
        "hours of the week": lambda q: q.hour_of_week(*_YEAR, "Europe/Berlin"),
    }


def _crossed(questions: Questions) -> object:
    """Figures by two values at once, which the port says are slower; no gate is on them."""
    return questions.figures(*_YEAR, by=(By.SOURCE, By.OWNER))


def _kinds() -> Iterator[tuple[str, str, Asked]]:
    yield from (("page", name, _asked(query)) for name, query in _queries().items())
    yield from (("search", name, _asked(query)) for name, query in _searches().items())
    yield from (("figure", name, asked) for name, asked in _others().items())
    yield "crossed figure", "a year by source and owner", _crossed


class _Taken(NamedTuple):
    """How long an answer took, in milliseconds."""

    cpu: float
    clock: float


def _times(questions: Questions) -> Mapping[tuple[str, str], list[_Taken]]:
    """The times of each question."""
    found: dict[tuple[str, str], list[_Taken]] = {}
    for _ in range(ROUNDS):
        for kind, name, asked in _kinds():
            began, used = time.perf_counter(), cpu_s()
            asked(questions)
            taken = _Taken((cpu_s() - used) * 1e3, (time.perf_counter() - began) * 1e3)
            found.setdefault((kind, name), []).append(taken)
    return found


def _p95(times: Iterable[float]) -> float:
    return quantiles(times, n=20)[-1]


class _Measured:
    def __init__(self, folder: Path, number: int) -> None:
        if not folder.exists():
            compose(folder, number, datetime.now(UTC) - timedelta(days=300))
        with closing(SqliteStore(folder)) as store, closing(IndexMaker(store)) as maker:
            used = cpu_s()
            maker.all()
            self.cpu_s = cpu_s() - used
        self.bytes_a_lead = (folder / INDEX).stat().st_size / number
        with closing(SqliteQuestions(folder)) as questions:
            self.times = _times(questions)
        self.pages = measure_pages(folder)

    def p95(self, kind: str) -> float:
        """The p95 of all CPU times of a kind of question."""
        return _p95(one.cpu for (of, _), some in self.times.items() if of == kind for one in some)

    def first_bytes(self, *, searched: bool) -> float:
        """The p95 of the CPU time until the first byte of all pages, or of those that search."""
        times = self.pages.times.items()
        return _p95(
            one.cpu for name, some in times if ("search" in name) == searched for one in some
        )

    def lines(self) -> Iterator[str]:
        """The first bytes of each page."""
        for name, some in self.pages.times.items():
            cpu, clock = [one.cpu for one in some], [one.clock for one in some]
            yield (
                f"first byte of {name}: CPU p50 {median(cpu):.0f} ms, p95 {_p95(cpu):.0f} ms; by "
                f"the clock p50 {median(clock):.0f} ms, p95 {_p95(clock):.0f} ms"
            )


def _lost(folder: Path) -> float:
    """The share of the CPU time of accepting a lead that is due to the triggers."""
    filler = Filler(folder)
    with filler.store.db.writing() as db:
        triggers = db.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE type = 'trigger' "
            "OR name = 'lead_of_other_id'"
        ).fetchall()
    times: dict[bool, list[float]] = {True: [], False: []}
    filler.accept(_SAMPLE, 64)
    for _ in range(_TURNS):
        for has_triggers in (True, False):
            with filler.store.db.writing() as db:
                for kind, name, sql in triggers:
                    db.execute(f"DROP {kind} IF EXISTS {name}")
                    if has_triggers:
                        db.execute(str(sql))
            began = cpu_s()
            filler.accept(_SAMPLE, 64)
            times[has_triggers].append(cpu_s() - began)
    return max(0.0, 1 - median(times[False]) / median(times[True]))


def _lines(few: _Measured, many: _Measured) -> Iterator[str]:
    for (kind, name), times in many.times.items():
        yield (
            f"{kind} {name}: CPU p50 {median(one.cpu for one in times):.0f} ms, p95 "
            f"{_p95(one.cpu for one in times):.0f} ms; by the clock p50 "
            f"{median(one.clock for one in times):.0f} ms, p95 "
            f"{_p95(one.clock for one in times):.0f} ms (among {FEW:,}: CPU p50 "
            f"{median(one.cpu for one in few.times[kind, name]):.0f} ms)"
        )
    yield from many.lines()


def _figures(few: _Measured, many: _Measured, lost: float, beside: Beside) -> dict[str, float]:
    """What is kept of this run."""
    return {
        "stored": MANY,
        "page_ms": many.p95("page"),
        "figure_ms": many.p95("figure"),
        "search_ms": many.p95("search"),
        "few_page_ms": few.p95("page"),
        "few_search_ms": few.p95("search"),
        "first_byte_ms": many.first_bytes(searched=False),
        "search_first_byte_ms": many.first_bytes(searched=True),
        "few_first_byte_ms": few.first_bytes(searched=False),
        "few_search_first_byte_ms": few.first_bytes(searched=True),
        "dashboard_mb": many.pages.resident_mb,
        "index_bytes": many.bytes_a_lead,
        "kept_share": 1 - lost,
        **beside.figures(),
    }


def _say(lines: Iterable[str]) -> None:
    """What is known already, for who waits; the report repeats it."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def run() -> Report:
    """Measure all."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        kept = Path(os.environ.get("LEADLINE_BENCH_DATA") or folder)
        few = _Measured(kept / "few", FEW)
        many = _Measured(kept / "many", MANY)
        lost = _lost(Path(folder, "captured"))
        lines = [*_lines(few, many)]
        _say(lines)  # what follows takes minutes
        beside = measure_beside(kept / "many")
    lines += beside.lines()
    pages = max(many.p95("page"), many.p95("figure"), many.first_bytes(searched=False))
    searches, size = (
        max(many.p95("search"), many.first_bytes(searched=True)),
        many.pages.resident_mb,
    )
    lines += [
        f"load average {os.getloadavg()[0]:.1f}",
        f"first byte of pages {many.first_bytes(searched=False):.0f} ms (gate {PAGE_MS:.0f}), of "
        f"those that search {many.first_bytes(searched=True):.0f} ms (gate {SEARCH_MS:.0f}); among "
        f"{FEW:,}: {few.first_bytes(searched=False):.0f} and {few.first_bytes(searched=True):.0f}",
        f"the dashboard's process: {size:.0f} MB (gate {MOST_MB:.0f})",
        f"the index: {many.bytes_a_lead:,.0f} bytes a lead; taking leads in: {many.cpu_s:.0f} s of "
        "CPU",
        f"p95 of pages {many.p95('page'):.0f} ms, of figures {many.p95('figure'):.0f} ms (gate "
        f"{PAGE_MS:.0f}), of searches {many.p95('search'):.0f} ms (gate {SEARCH_MS:.0f})",
        f"capture loses {lost:.1%} of its rate (gate {MOST_LOST:.0%})",
    ]
    is_met = pages <= PAGE_MS and searches <= SEARCH_MS and lost <= MOST_LOST and size <= MOST_MB
    return Report(lines, is_met, _figures(few, many, lost, beside))
