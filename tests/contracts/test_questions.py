"""What can be asked about leads: pages, numbers, figures."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from leadline.model.facts.score import LeadScore
from leadline.model.handling import Ending
from leadline.model.lead import Kind, Status
from leadline.ports.reading.questions import (
    Bar,
    By,
    Counted,
    Figures,
    LeadQuestion,
    Repeats,
    SortKey,
)
from tests.worlds.ledger import START
from tests.worlds.questions import IndexedWorld, fill, person

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexedWorld]:
    """Leads of every kind; not to be changed."""
    with IndexedWorld(Path(tmp_path_factory.mktemp("questions"))) as made:
        fill(made)
        yield made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["waits", "dead", "zoe", "wang", "jose", "ada"]),
        ({"descending": False}, ["ada", "jose", "wang", "zoe", "dead", "waits"]),
        ({"sort": SortKey.SCORE}, ["ada", "zoe", "jose", "waits", "dead", "wang"]),
        ({"sort": SortKey.OWNER, "descending": False},
         ["ada", "zoe", "jose", "wang", "dead", "waits"]),
        ({"sort": SortKey.COMPANY, "descending": False},
         ["jose", "ada", "wang", "zoe", "dead", "waits"]),
        ({"sort": SortKey.NAME, "descending": False},
         ["ada", "jose", "zoe", "wang", "dead", "waits"]),
        ({"sort": SortKey.NAME, "descending": False, "masked": True},
         ["ada", "jose", "zoe", "wang", "dead", "waits"]),
        ({"sort": SortKey.SOURCE, "descending": False},
         ["ada", "waits", "dead", "zoe", "wang", "jose"]),
        ({"sort": SortKey.SOURCE}, ["waits", "dead", "zoe", "wang", "jose", "ada"]),
        ({"sort": SortKey.STATUS, "descending": False},
         ["wang", "jose", "ada", "dead", "zoe", "waits"]),
        ({"sort": SortKey.STATUS}, ["waits", "zoe", "dead", "wang", "jose", "ada"]),
        ({"sort": SortKey.SOURCE, "sources": ("generic",), "descending": False, "text": "example"},
         ["dead", "zoe", "wang", "jose"]),
        ({"sources": ("form",)}, ["ada"]),
        ({"campaigns": ("spring",)}, ["jose", "ada"]),
        ({"owners": ("Bea Voss", "Cy Dunn"), "sources": ("generic",)}, ["zoe", "jose"]),
        ({"statuses": (Status.DEAD,)}, ["dead"]),
        ({"statuses": (Status.REFINED, Status.WAITING)}, ["waits", "zoe"]),
        ({"dead": True}, ["dead"]),
        ({"unowned": True}, ["wang"]),
        ({"repeats": Repeats.ONLY}, []),
        ({"valid": True}, ["zoe", "wang", "jose", "ada"]),
        ({"awaited": True}, ["zoe", "wang"]),
        ({"awaited": True, "owners": ("Bea Voss",)}, ["zoe"]),
        ({"since": START + timedelta(minutes=2), "until": START + timedelta(minutes=4)},
         ["wang", "jose"]),
    ],
)  # fmt: skip
def test_a_page_has_the_leads_of_its_filter_in_their_order(
    world: IndexedWorld, query: dict[str, object], found: list[str]
) -> None:
    assert world.ask(**query) == found
    assert world.questions.count(LeadQuestion(**query)) == Counted(len(found))  # type: ignore[arg-type]
    ids = world.questions.ids(LeadQuestion(**query), 3)  # type: ignore[arg-type]
    assert [world.names[one] for one in ids] == found[:3]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lovelace", ["ada"]),
        ("LOVE", ["ada"]),
        ("ada looms", ["ada"]),
        ("ada tobacco", []),
        ("lace@exam", ["ada"]),
        ("030 901820", []),
        ("+49 (30) 90-18", ["ada"]),
        ("90182", ["ada"]),
        ("for 40 looms", ["ada"]),
        ("jose", ["jose"]),
        ("akesson", ["jose"]),
        ("ng", ["jose"]),
        ("王", ["wang"]),
        ("王伟", ["wang"]),
        ("株式会社", ["wang"]),
        ("サ", ["wang"]),
        ("engines bea", ["ada"]),
        ("spring", ["jose", "ada"]),
        ("tobacco", ["waits"]),
        ('"ada', []),
        ("ada OR zoe", []),
        ("-", []),
        ("'; DROP TABLE facet; --", []),
        ("  ", ["waits", "dead", "zoe", "wang", "jose", "ada"]),
    ],
)
def test_a_text_is_found_wherever_it_stands_in_a_lead(
    world: IndexedWorld, text: str, found: list[str]
) -> None:
    assert world.ask(text=text) == found


def test_an_id_is_found_by_its_beginning_and_its_end(world: IndexedWorld) -> None:
    for lead_id, name in world.names.items():
        assert world.ask(text=lead_id) == [name]
        assert world.ask(text=lead_id.upper()[-12:]) == [name]
        assert world.ask(text=lead_id, masked=True) == [name]


@pytest.mark.parametrize("text", ["lovelace", "lace@", "90182", "looms", "ng", "王伟", "wal"])
def test_who_sees_masked_leads_finds_nothing_that_is_masked(world: IndexedWorld, text: str) -> None:
    assert world.ask(text=text) != []
    assert world.ask(text=text, masked=True) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("engines", ["ada"]), ("en", ["ada"]), ("株", ["wang"]),
     ("spring", ["jose", "ada"]), ("voss", ["zoe", "ada"])],
)  # fmt: skip
def test_who_sees_masked_leads_finds_what_they_see(
    world: IndexedWorld, text: str, found: list[str]
) -> None:
    assert world.ask(text=text, masked=True) == found


def test_the_order_of_masked_names_tells_no_more_than_these(tmp_path: Path) -> None:
    with IndexedWorld(tmp_path) as world:
        for name in ("Ann Lee", "Amy Lane", "Bo Ek", "Al Lund"):
            world.refine(name, *person(name))
        world.maker.all()
        query = LeadQuestion(sort=SortKey.NAME, descending=False)
        assert world.shown(world.questions.page(query))[:3] == ["Al Lund", "Amy Lane", "Ann Lee"]
        masked = LeadQuestion(sort=SortKey.NAME, descending=False, masked=True)
        found = world.shown(world.questions.page(masked))  # three have the same letters
        assert found == ["Ann Lee", "Amy Lane", "Al Lund", "Bo Ek"]


@pytest.mark.parametrize("sort", list(SortKey))
@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize("size", [1, 2, 4, 6])
@pytest.mark.parametrize("masked", [False, True])
def test_pages_follow_each_other_in_both_directions(
    world: IndexedWorld, sort: SortKey, down: bool, size: int, masked: bool
) -> None:
    query = LeadQuestion(sort=sort, descending=down, masked=masked)
    whole = world.shown(world.questions.page(query))
    pages = [world.questions.page(query, limit=size)]
    assert pages[0].previous is None
    while pages[-1].next:
        pages.append(world.questions.page(query, pages[-1].next, size))
    assert [name for page in pages for name in world.shown(page)] == whole
    for before, after in pairwise(pages):
        assert after.previous is not None
        assert world.questions.page(query, after.previous, size).rows == before.rows


@pytest.mark.parametrize("cursor", ["x", "W10=", "bm9wZQ==", "ü"])
def test_what_is_no_cursor_is_refused(world: IndexedWorld, cursor: str) -> None:
    with pytest.raises(ValueError, match="no cursor"):
        world.questions.page(LeadQuestion(), cursor)


def test_rows_are_those_of_the_ledger(world: IndexedWorld) -> None:
    for row in world.questions.page(LeadQuestion()).rows:
        story = world.ledger.story(row.lead_id)
        assert story is not None
        assert row == story.row


def test_a_count_stops_where_it_is_told_to(world: IndexedWorld) -> None:
    assert world.questions.count(LeadQuestion(), 4) == Counted(4, more=True)
    assert world.questions.count(LeadQuestion(), 6) == Counted(6)


def test_facets_count_the_values_of_a_selection(world: IndexedWorld) -> None:
    found = world.questions.facets(LeadQuestion())
    assert found.sources == {"generic": 5, "form": 1}
    assert found.campaigns == {"spring": 2}
    assert found.owners == {"Bea Voss": 2, "Cy Dunn": 1}
    assert found.statuses == {"alerted": 3, "dead": 1, "refined": 1, "waiting": 1}
    assert not found.more
    assert world.questions.facets(LeadQuestion(text="lovelace")).sources == {"form": 1}


def test_figures_follow_leads_to_their_end(world: IndexedWorld) -> None:
    whole = Figures(captured=6, valid=4, unique=4, told=3, claimed=1, contacted=1, won=1, dead=1)
    assert world.questions.figures(START, START + DAY) == {(): whole}
    assert world.questions.figures(START - DAY, START.replace(hour=0)) == {(): Figures()}
    by_owner = world.questions.figures(START, START + DAY, (By.SOURCE, By.OWNER))
    assert by_owner["form", "Bea Voss"] == Figures(1, 1, 1, 1, 1, 1)
    assert by_owner["generic", "Bea Voss"] == Figures(captured=1, valid=1, unique=1)
    assert sum(one.captured for one in by_owner.values()) == 6
    assert list(world.questions.figures(START, START + DAY, (By.DAY,))) == [("2026-03-02",)]


def test_figures_are_told_by_band_of_the_score_whose_own_score_goes_before(tmp_path: Path) -> None:
    with IndexedWorld(tmp_path) as world:
        fill(world)
        details = person("Hot Lead", lead_score=3.0)
        hot = world.refine("hot", *details, score=LeadScore(91, "points", hot=True))
        world.handle(hot, ending=Ending.WON, ended_at=world.clock.now)
        world.maker.all()
        found = world.questions.figures(START, START + DAY, (By.BAND,))
        numbers = {band: (one.captured, one.won) for (band,), one in found.items()}
        assert numbers == {"": (3, 0), "20-39": (1, 1), "40-59": (1, 0), "80+": (2, 1)}
        by_day = world.questions.figures(START, START + DAY, (By.DAY, By.BAND))
        assert by_day["2026-03-02", "80+"].captured == 2
        assert world.ask(hot=True) == ["hot"]
        assert world.ask(sort=SortKey.SCORE)[:2] == ["hot", "ada"]
        assert world.questions.count(LeadQuestion(hot=True)) == Counted(1)
        with pytest.raises(ValueError, match="band of the score"):
            world.questions.figures(START, START + DAY, (By.SOURCE, By.BAND))


@pytest.mark.parametrize("ignored", [1, 3, 9])
def test_events_that_made_no_lead_are_not_counted(tmp_path: Path, ignored: int) -> None:
    with IndexedWorld(tmp_path) as world:
        for n in range(4):
            world.refine(f"lead{n}", *person(f"Max M{n}", "Bea Voss", campaign="spring"))
        for n in range(ignored):
            world.capture(f"ignored{n}", kind=Kind.IGNORED, why="deleted")
        world.maker.all()
        for query in (
            LeadQuestion(),
            LeadQuestion(sources=("generic",)),
            LeadQuestion(campaigns=("spring",)),
            LeadQuestion(owners=("bea voss",)),
            LeadQuestion(since=START, until=START + DAY),
            LeadQuestion(text="max"),
            LeadQuestion(text="max", owners=("Bea Voss",)),
        ):
            assert world.questions.count(query) == Counted(4)
            assert world.questions.count(query, 3) == Counted(3, True)
            assert len(world.questions.page(query).rows) == 4


def test_bars_count_by_source_and_step(world: IndexedWorld) -> None:
    hour = START.replace(minute=0)
    bars = world.questions.hours(hour, hour + DAY, timedelta(hours=1))
    assert bars == [Bar(hour, "form", 1), Bar(hour, "generic", 5)]
    five = world.questions.hours(hour, hour + DAY, timedelta(minutes=5))
    assert sum(bar.captured for bar in five) == 6
    day = datetime(2026, 3, 2, tzinfo=UTC)
    assert world.questions.hours(day, day + DAY, DAY) == [
        Bar(day, "form", 1),
        Bar(day, "generic", 5),
    ]
    with pytest.raises(ValueError, match="steps"):
        world.questions.hours(day, day + DAY, timedelta(minutes=7))


def test_hours_of_the_week_are_those_of_the_zone(world: IndexedWorld) -> None:
    week = world.questions.hour_of_week(START - DAY, START + DAY, "Asia/Tokyo")
    assert week[0][18] == 6  # Monday, 9 o'clock in UTC
    assert sum(map(sum, week)) == 6


def test_it_says_how_far_it_is_behind(tmp_path: Path) -> None:
    with IndexedWorld(tmp_path) as world:
        assert world.questions.behind(world.clock.now).is_current
        fill(world)
        assert world.questions.behind(world.clock.now).is_current
        lead_id = world.refine("late", *person("Late Comer"), told=False)
        world.clock.advance(seconds=30)
        behind = world.questions.behind(world.clock.now)
        assert (behind.leads, behind.seconds, behind.building) == (2, 90.0, False)
        world.maker.all()
        assert world.ask(text="comer") == [world.names[lead_id]]
        assert world.questions.behind(world.clock.now).is_current


def test_figures_are_of_exactly_the_time_that_is_asked_for(tmp_path: Path) -> None:
    moments = []
    with IndexedWorld(tmp_path) as world:
        for n in range(12):
            source = "form" if n % 2 else "generic"
            world.refine(f"lead{n}", *person(f"Max M{n}", "Bea Voss"), source=source, told=False)
            moments.append((world.clock.now, source))
            world.clock.advance(hours=7)
        world.maker.all()
        edges = [START.replace(hour=0) + DAY * n for n in range(5)]
        edges += [at + timedelta(microseconds=n) for at, _ in moments[::3] for n in (0, 1)]
        edges += [edges[1] + timedelta(hours=n) for n in (1, 11, 14, 23)]  # within one day
        edges.append(datetime.max.replace(tzinfo=UTC))
        for since, until in combinations(sorted(edges), 2):
            within = [source for at, source in moments if since <= at < until]
            found = world.questions.figures(since, until)
            assert found[()].captured == len(within)
            by = world.questions.figures(since, until, (By.SOURCE,))
            assert {name: one.captured for (name,), one in by.items()} == Counter(within)
            by = world.questions.figures(since, until, (By.OWNER, By.SOURCE))
            assert {name: one.captured for (_, name), one in by.items()} == Counter(within)


@pytest.mark.parametrize("sort", list(SortKey))
def test_a_page_begins_after_any_lead_in_any_order(world: IndexedWorld, sort: SortKey) -> None:
    query = LeadQuestion(sort=sort)
    rows = world.questions.page(query).rows
    for at, row in enumerate(rows, 1):
        place = world.questions.place(query, row.lead_id)
        assert world.questions.page(query, place).rows == rows[at:]
    for unknown in ("", "nothing", "019cadc6-d518-7000-b113-f7d2ce34ee36"):
        assert world.questions.place(query, unknown) is None
