"""`leadline teams learned`, and what commands say of teams that learn."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from leadline import wiring
from leadline.entrypoints.cli import app
from leadline.entrypoints.embedded.watching.learning import counters
from leadline.model.handling import Ending
from leadline.model.lead import CapturedLead
from leadline.model.task import Step
from leadline.ports.reading.ledger import LeadFilter
from leadline.settings.loading import load
from leadline.stores.sqlite.store import SqliteStore
from tests.entrypoints.cli.test_rules_backtest import AT, PEOPLE, THREE, TWO, accept, lead, refine

LEARNED = f'{THREE}order = "learned"\nwithin = "1h"\nkinds = ["source"]\nfloor = 0.3\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    (tmp_path / "leadline.toml").write_text(PEOPLE + LEARNED)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def given(folder: Path, first: int, count: int) -> None:
    """Leads of strangers, an hour apart, refined now."""
    accept(folder, *(hourly(number) for number in range(first, first + count)))
    refine(folder)


def hourly(number: int) -> CapturedLead:
    made = lead(number, name=f"{'abcdefgh'[number % 8] * 3} {'klmnopqrst'[number // 8] * 4}")
    return msgspec.structs.replace(made, captured_at=AT + timedelta(hours=number))


def work(folder: Path, winner: str) -> None:
    """One person wins all their leads, and a worker counts."""
    settings = load().settings
    with closing(SqliteStore(folder / "data")) as store:
        kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
        with closing(wiring.ledger(settings)) as ledger:
            ids = [one.lead.lead_id for one in ledger.followed(LeadFilter(limit=1000))]
        leads, handled = store.refined(ids), store.handling(ids)
        for one in ids:
            before = handled[one]
            if before.charge is not None and before.charge.person == winner:
                at = leads[one].captured_at + timedelta(minutes=30)
                after = msgspec.structs.replace(before, ending=Ending.WON, ended_at=at)
                assert store.handle(one, before, after)
        (once,) = counters(settings, {Step.ASSIGN})
        assert once(kit) > 0


def test_a_team_that_learns_shows_who_gets_and_wins_how_much(folder: Path) -> None:
    given(folder, 0, 33)
    assert (
        "all leads go by even turns until 30 are counted (0 are)"
        in run("teams", "learned", "sales").stdout
    )
    work(folder, "bob")
    given(folder, 33, 12)
    told = run("teams", "learned", "sales")
    assert told.exit_code == 0, told.output
    assert "sales: floor 30%, leads told apart by source" in told.stdout
    assert "won within 1 hour, since" in told.stdout
    assert "undecided: learned may be better or worse than even, or the same" in told.stdout
    found = json.loads(run("teams", "learned", "sales", "--json").stdout)
    people = {one["person"]: one for one in found["people"]}
    assert (people["bob"]["won"], people["bob"]["counted"], people["bob"]["by_turns"]) == (11,) * 3
    assert sum(one["evenly"] + one["learned"] for one in found["people"]) == 12
    assert people["bob"]["learned"] > people["ada"]["learned"]
    shown = run("teams", "show", "sales").stdout
    assert "next of those given out evenly: " in shown
    assert "`leadline teams learned sales` shows what was learned" in shown


def test_a_team_of_another_order_has_learned_nothing(folder: Path) -> None:
    (folder / "leadline.toml").write_text(PEOPLE + THREE)
    refused = run("teams", "learned", "sales")
    assert refused.exit_code != 0
    assert 'does not learn: it has no order "learned"' in str(refused.exception)
    assert counters(load().settings, {Step.ASSIGN}) == ()


def test_a_backtest_learns_as_its_leads_pass(folder: Path) -> None:
    (folder / "leadline.toml").write_text(PEOPLE + TWO)
    (folder / "new.toml").write_text(PEOPLE + LEARNED)
    accept(folder, *(hourly(number) for number in range(60)))
    result = run("rules", "backtest", "--settings", "new.toml", "--leads", "--json")
    assert result.exit_code == 0, result.output
    hows = [one["new"]["how"] for one in json.loads(result.stdout)["differences"]]
    assert "learned" not in hows[:30]
    assert {"learned", "turn", "even"} == set(hows)
    again = run("rules", "backtest", "--settings", "new.toml", "--leads", "--json")
    assert [one["new"]["how"] for one in json.loads(again.stdout)["differences"]] == hows
