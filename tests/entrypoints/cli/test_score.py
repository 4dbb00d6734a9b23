"""`leadline score explain` and `leadline score check`, and what other commands say of scores."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app
from leadline.entrypoints.cli.doctor.scores import check_scores
from leadline.settings.loading import load
from tests.worlds.leads import HandClock
from tests.worlds.sales_floor import FLOOR, SalesFloor
from tests.worlds.scored_floor import SCORED, scored_floor


@pytest.fixture
def floor(tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> SalesFloor:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    return scored_floor(tmp_path, clock)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_a_score_is_explained_then_and_now(floor: SalesFloor, tmp_path: Path) -> None:
    lead = floor.ids["hot"]
    told = run("score", "explain", lead)
    assert told.exit_code == 0, told.output
    assert "Its score is 85 of 100, hot, by points; fit 100, intent 100." in told.stdout
    assert "it is the same" in told.stdout
    assert "-10" in told.stdout
    (tmp_path / "new.toml").write_text(SCORED.replace("points = 40", "points = 10"))
    new = run("score", "explain", lead, "--settings", "new.toml", "--json")
    found = json.loads(new.stdout)
    assert (found["score"]["value"], found["now"]["value"]) == (85, 55)
    assert {one["name"]: one["met"] for one in found["points"]} == {
        "company": True, "price": True, "free": False,
    }  # fmt: skip


def test_a_lead_that_is_not_refined_has_no_score_to_be_explained(floor: SalesFloor) -> None:
    told = run("score", "explain", floor.waiting("late"))
    assert told.exit_code == 1
    assert "is not refined" in told.stderr


def test_a_lead_whose_data_was_deleted_is_not_scored_by_what_is_left(floor: SalesFloor) -> None:
    lead = floor.ids["hot"]
    assert run("erase", "--lead", lead, "--yes").exit_code == 0
    told = run("score", "explain", lead).stdout
    assert told.split("\n")[0] == "It has no score of ours: its data was deleted."
    assert "By the settings" not in told
    assert "met" not in told
    assert json.loads(run("score", "check", "--json").stdout)["leads"] == 2


def test_points_are_tried_on_the_leads_that_came_before(floor: SalesFloor, tmp_path: Path) -> None:
    found = json.loads(run("score", "check", "--json").stdout)
    assert (found["leads"], found["hot"], found["failed"]) == (3, 1, 0)
    assert found["bands"] == {
        "80+": {"leads": 1, "won": 1, "ended": 1}, "0-19": {"leads": 2, "won": 0, "ended": 0},
    }  # fmt: skip
    assert [(one["name"], one["met"], one["won"]) for one in found["entries"]] == [
        ("company", 1, 1), ("price", 1, 1), ("free", 2, 0),
    ]  # fmt: skip
    told = run("score", "check").stdout
    assert "3 leads, of which 1 are hot" in told
    assert "False" not in told  # a number, which equals it
    assert "asks for a price" in told


def test_a_model_that_cannot_be_read_is_told_once_and_in_words(
    floor: SalesFloor, tmp_path: Path
) -> None:
    (tmp_path / "new.toml").write_text('[score]\nmodel = "none.json"\n')
    done = run("score", "check", "--settings", "new.toml")
    assert "none.json: there is no such file" in str(done.exception)
    told = run("score", "explain", floor.ids["hot"], "--settings", "new.toml")
    assert "it can't be scored: score_model: none.json: there is no such file" in told.stdout
    assert "score.failed" not in told.output


def test_a_payload_is_scored_without_being_stored(floor: SalesFloor, tmp_path: Path) -> None:
    body = {"name": "Ada Example", "email": "ada@firm.example", "message": "A price, please"}
    (tmp_path / "lead.json").write_text(json.dumps(body))
    told = run("score", "check", "lead.json")
    assert told.exit_code == 0, told.output
    assert "85 of 100, hot, by points" in told.stdout
    (found,) = json.loads(run("score", "check", "lead.json", "--json").stdout)
    assert found["score"]["value"] == 85
    (tmp_path / "leadline.toml").write_text(SCORED.replace("start = 20", 'model = "gone.json"'))
    assert run("score", "check", "lead.json").exit_code == 1


def test_settings_without_scores_are_told_how_to_have_them(
    floor: SalesFloor, tmp_path: Path
) -> None:
    (tmp_path / "leadline.toml").write_text(FLOOR)
    told = run("score", "check")
    assert "[score.points.NAME]" in str(told.exception)
    assert "The settings score no leads" in run("score", "explain", floor.ids["hot"]).stdout


def test_show_and_why_say_the_score_and_its_reasons(floor: SalesFloor) -> None:
    for command in ("show", "why"):
        told = run(command, floor.ids["hot"]).stdout
        assert "Its score is 85 of 100, hot, by points" in told
        assert "asks for a price (+40), writes from a company (+25)" in told


def test_doctor_says_whether_leads_are_scored(floor: SalesFloor, tmp_path: Path) -> None:
    data = {"data": tmp_path / "data"}

    def checked(text: str) -> list[tuple[str, str]]:
        settings = load(data, document=(text, "leadline.toml"), environ={}).settings
        return [(state, words) for state, _, words in check_scores(settings)]

    assert checked(FLOOR) == []
    assert checked(SCORED) == [("ok", "by 3 entries of points; hot from 70 on")]
    broken = SCORED.replace("start = 20", 'model = "gone.json"')
    ((state, words),) = checked(broken)
    assert state == "WRONG"
    assert "gone.json: there is no such file" in words
    (tmp_path / "leadline.toml").write_text(broken)
    SalesFloor(tmp_path, floor.clock, broken).lead("unscored")
    ((state, words),) = checked(SCORED)
    assert state == "WRONG"
    assert words.startswith("1 of the newest leads went on without a score")


def test_rules_that_ask_for_the_score_are_explained_and_tried_on_earlier_leads(
    floor: SalesFloor, tmp_path: Path
) -> None:
    first = '[rules.first]\nwhen = ["hot = yes", "score.intent >= 90"]\nassign = ["zoe"]\n'
    (tmp_path / "new.toml").write_text(SCORED.replace("[rules.tiny]", f"{first}[rules.tiny]"))
    body = {"name": "Ada Example", "email": "ada@firm.example", "message": "A price, please"}
    (tmp_path / "lead.json").write_text(json.dumps(body))
    told = run("rules", "explain", "lead.json", "--settings", "new.toml", "--fresh").stdout
    assert "zoe" in told
    again = run("rules", "backtest", "--settings", "new.toml", "--since", "2000-01-01", "--leads")
    assert again.exit_code == 0, again.output
    assert "zoe (first)" in again.stdout or "zoe (rule first)" in again.stdout
    (tmp_path / "new.toml").write_text(SCORED.replace("points = 40", "points = 10"))
    again = run("rules", "backtest", "--settings", "new.toml", "--since", "2000-01-01", "--leads")
    assert "85" in again.stdout
    assert "55" in again.stdout
