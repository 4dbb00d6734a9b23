"""`leadline rules backtest`: stored leads through changed settings, with nothing touched."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from leadline import wiring
from leadline.entrypoints.cli import app
from leadline.entrypoints.cli.rules import _backtesting
from leadline.journey.refinement.refining import refine_due
from leadline.model.handling import Handling
from leadline.model.lead import CapturedLead
from leadline.model.staff.people import Person
from leadline.settings.loading import load
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured

Run = Callable[..., Result]
AT = datetime.now(UTC) - timedelta(days=3)
PEOPLE = """
delay = "0s"
[people.ada]
email = "ada@example.org"
[people.bob]
email = "bob@example.org"
[people.cy]
email = "cy@example.org"
[channels.team]
kind = "webhook"
url = "http://127.0.0.1:9/hook"
[channels.other]
kind = "webhook"
url = "http://127.0.0.1:9/other"
"""
TWO = """
[rules.all]
channels = ["team"]
assign = ["ada", "bob"]
"""
THREE = """
[rules.all]
channels = ["other"]
team = "sales"
[teams.sales]
people = ["ada", "bob", "cy"]
fallback = "queue"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    (tmp_path / "leadline.toml").write_text(PEOPLE + TWO)
    (tmp_path / "new.toml").write_text(PEOPLE + THREE)
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, ["rules", "backtest", *words])

    return invoke


def lead(number: int, **more: Any) -> CapturedLead:
    clock = HandClock(AT + timedelta(minutes=number))
    body = {
        "name": f"{chr(65 + number % 26)}nna Person{number}",
        "email": f"p{number}@firm{number}.example",
        "number": number,
        **more,
    }
    return captured(clock, f"p{number}", raw=json.dumps(body).encode())


def accept(folder: Path, *leads: CapturedLead) -> list[str]:
    with closing(SqliteStore(folder / "data")) as store:
        store.accept(leads)
    return [one.id for one in leads]


def refine(folder: Path) -> None:
    settings = load().settings
    with closing(SqliteStore(folder / "data")) as store:
        kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
        while refine_due(kit):
            pass


def found(run: Run, *words: str) -> dict[str, Any]:
    result = run("--json", *words)
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def people(sums: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {name: (one["old"], one["new"]) for name, one in sums["people"].items()}


def hashes(folder: Path, *, but: str = "\0") -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(but))
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_spread_over_people_is_told_before_and_after(folder: Path, run: Run) -> None:
    accept(folder, *(lead(number) for number in range(12)))
    sums = found(run, "--settings", "new.toml")
    assert sums["leads"] == 12
    assert people(sums) == {"ada": (6, 4), "bob": (6, 4), "cy": (0, 4)}
    assert sums["by_kind"]["channels"] == 12
    assert sums["channels"] == {"other": {"old": 0, "new": 12}, "team": {"old": 12, "new": 0}}
    assert sums["teams"] == {"rule all": {"old": 12, "new": 0}, "sales": {"old": 0, "new": 12}}


def test_the_same_settings_differ_in_nothing(folder: Path, run: Run) -> None:
    accept(folder, *(lead(number) for number in range(12)))
    sums = found(run, "--settings", "leadline.toml", "--leads")
    assert (sums["leads"], sums["differ"], sums["differences"]) == (12, 0, [])


def test_leads_that_differ_are_listed_with_both_results(folder: Path, run: Run) -> None:
    ids = accept(folder, *(lead(number) for number in range(3)))
    sums = found(run, "--settings", "new.toml", "--leads")
    assert [one["lead_id"] for one in sums["differences"]] == ids
    last = sums["differences"][2]
    assert last["differs"] == ["owner", "channels"]
    assert (last["old"]["owner"], last["new"]["owner"]) == ("ada", "cy")
    assert (last["new"]["team"], last["new"]["how"]) == ("sales", "turn")
    text = run("--settings", "new.toml", "--leads").stdout
    assert "3 leads replayed, 3 would differ: owner 1, channels 3" in text
    assert "ada → cy: 1" in text
    assert ids[2] in text


def test_nothing_in_the_data_folder_changes(folder: Path, run: Run) -> None:
    accept(folder, *(lead(number) for number in range(5)))
    refine(folder)
    before = hashes(folder)
    assert run("--settings", "new.toml", "--leads").exit_code == 0
    assert hashes(folder) == before


def test_it_runs_beside_a_server_and_leaves_its_file_and_log_alone(folder: Path, run: Run) -> None:
    accept(folder, lead(1))
    with closing(SqliteStore(folder / "data")) as store:
        store.accept([lead(2), lead(3)])
        before = hashes(folder, but="-shm")
        assert found(run, "--settings", "new.toml")["leads"] == 3
        assert hashes(folder, but="-shm") == before
        store.accept([lead(4)])


def test_a_person_who_returns_stays_with_whoever_has_them(folder: Path, run: Run) -> None:
    again = {"email": "p0@firm0.example", "name": "Anna Person0"}
    accept(folder, lead(0), *(lead(number, **again) for number in range(1, 6)), lead(6))
    sums = found(run, "--settings", "new.toml", "--leads")
    assert sums["duplicates"] == {"old": 5, "new": 5}
    assert people(sums)["ada"][1] >= 6


def test_duplicates_follow_the_settings_that_are_tried(folder: Path, run: Run) -> None:
    for number in range(2):
        work = f"p{number}@firm{number}.example"
        accept(folder, lead(number, email="one@shop.example.net", work=work, name=None))
    mapped = '[sources.generic.map]\nemail = "work"\n'
    (folder / "new.toml").write_text(PEOPLE + TWO + mapped)
    sums = found(run, "--settings", "new.toml", "--leads")
    assert sums["duplicates"] == {"old": 1, "new": 0}
    (one,) = sums["differences"]
    assert "duplicate" in one["differs"]


def test_without_a_search_the_duplicates_stored_count_for_both(folder: Path, run: Run) -> None:
    accept(folder, lead(0), lead(1, email="p0@firm0.example", name="Anna Person0"))
    assert found(run, "--settings", "new.toml", "--no-duplicates")["duplicates"]["new"] == 0
    refine(folder)
    sums = found(run, "--settings", "new.toml", "--no-duplicates")
    assert sums["duplicates"] == {"old": 1, "new": 1}


def test_a_lead_that_came_before_all_others_still_has_its_duplicates(
    folder: Path, run: Run
) -> None:
    first, later = lead(0), lead(600, email="p0@firm0.example", name="Anna Person0")
    accept(folder, first, later)
    refine(folder)
    since = (AT + timedelta(minutes=300)).isoformat()
    sums = found(run, "--settings", "new.toml", "--since", since)
    assert (sums["leads"], sums["duplicates"]) == (1, {"old": 1, "new": 1})


def test_what_was_stored_can_be_compared_with(folder: Path, run: Run) -> None:
    (lead_id,) = accept(folder, lead(1))
    refine(folder)
    with closing(SqliteStore(folder / "data")) as store:
        before = store.handling([lead_id]).get(lead_id, Handling())
        bob = Person(name="bob", email="bob@example.org")
        assert store.handle(lead_id, before, msgspec.structs.replace(before, owner=bob))
    sums = found(run, "--against", "stored", "--leads")
    (one,) = sums["differences"]
    assert (one["old"]["owner"], one["new"]["owner"]) == ("bob", "ada")
    accept(folder, lead(2))
    assert len(found(run, "--against", "stored")["unread"]) == 1


def test_a_lead_that_cannot_be_read_is_named_and_stops_nothing(folder: Path, run: Run) -> None:
    bad = captured(HandClock(AT), "bad", raw=b'"only a text"')
    accept(folder, bad, lead(1))
    sums = found(run, "--settings", "new.toml")
    assert sums["leads"] + len(sums["unread"]) == 2


def test_wrong_settings_are_refused_in_words(folder: Path, run: Run) -> None:
    accept(folder, lead(1))
    (folder / "new.toml").write_text(PEOPLE + '[rules.all]\nteam = "none"\n')
    result = run("--settings", "new.toml")
    assert result.exit_code != 0
    assert run().exit_code != 0


def test_several_processes_find_the_same(folder: Path) -> None:
    from leadline.entrypoints.cli._app import Options
    from leadline.entrypoints.cli.rules._backtesting import pairs_of, settings_in, where

    ids = accept(folder, *(lead(number) for number in range(5)))
    options = Options(folder / "leadline.toml", folder / "data")
    place = where(options, settings_in(options, folder / "new.toml"))
    alone = [one for some in pairs_of(options, place, ids, 0) for one in some]
    beside = [one for some in pairs_of(options, place, ids, 1) for one in some]
    assert [one.lead_id for one in alone] == ids
    assert beside == alone
    assert _backtesting._FEWEST > 5
