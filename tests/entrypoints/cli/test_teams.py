"""`leadline people`, `teams`, `reassign` and `assign` on an installation."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline import wiring
from leadline.entrypoints.cli import app
from leadline.journey.assigning.handing_out import assign_due, wake_queues
from leadline.settings.loading import load
from leadline.stores.sqlite.store import SqliteStore
from tests.entrypoints.cli.test_rules_backtest import PEOPLE, THREE, accept, lead, refine


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    (tmp_path / "leadline.toml").write_text(PEOPLE + THREE)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def people() -> dict[str, dict[str, object]]:
    return {row["person"]: row for row in json.loads(run("people", "list", "--json").stdout)}


def team() -> dict[str, dict[str, object]]:
    shown = json.loads(run("teams", "show", "sales", "--json").stdout)
    return {one["person"]: one for one in shown["people"]}


def given(folder: Path, count: int) -> list[str]:
    ids = accept(folder, *(lead(number) for number in range(count)))
    refine(folder)
    return ids


def test_everybody_is_listed_with_their_teams_and_until_when_they_are_away(folder: Path) -> None:
    assert "here" in run("people").stdout
    assert run("people", "away", "ada", "until", "2099-01-02").exit_code == 0
    ada, bob = people()["ada"], people()["bob"]
    assert (ada["there"], ada["until"], ada["teams"]) == (False, "2099-01-02T00:00:00Z", ["sales"])
    assert str(ada["said_by"]).startswith("cli")
    assert bob["there"] is True
    assert run("people", "back", "ada").stdout == "ada is back\n"
    assert people()["ada"]["there"] is True
    assert "had not been said to be away" in run("people", "back", "ada").stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("people", "away", "eve"), "there is nobody 'eve' in [people] (there are: ada, bob, cy)"),
        (("people", "away", "ada", "someday"), "'someday' is no end of an absence"),
        (("teams", "show", "north"), "there is no team 'north' (there are: sales)"),
        (("reassign", "--from", "ada", "--to", "bob", "--team", "sales"), "not both"),
        (("reassign", "--from", "ada", "--to", "eve"), "there is nobody 'eve'"),
        (("reassign", "--from", "eve"), "of somebody who has left, give the e-mail address"),
        (("reassign", "--from", "ada", "--to", "ada"), "--from and --to are both ada"),
    ],
)
def test_names_and_words_that_are_wrong_are_refused(
    folder: Path, words: tuple[str, ...], told: str
) -> None:
    result = run(*words)
    assert result.exit_code != 0
    assert told in str(result.exception)


def test_an_absence_is_told_in_the_persons_own_days(folder: Path) -> None:
    settings = PEOPLE.replace("[people.ada]", '[people.ada]\nzone = "Europe/Berlin"')
    (folder / "leadline.toml").write_text(settings + THREE)
    run("people", "away", "ada", "until", "2099-01-02")
    assert people()["ada"]["until"] == "2099-01-01T23:00:00Z"
    for words in (("people", "list"), ("teams", "show", "sales")):
        assert "away until Friday, 2099-01-02" in run(*words).stdout


def test_a_team_shows_what_each_has_got_and_is_owed(folder: Path) -> None:
    given(folder, 4)
    shown = team()
    assert [one["open"] for one in shown.values()] == [2, 1, 1]
    assert sum(float(str(one["owed"])) for one in shown.values()) == pytest.approx(0, abs=1e-5)
    text = run("teams", "show", "sales").stdout
    assert "next: bob; waiting in the queue: 0" in text
    turns = json.loads(run("teams", "show", "sales", "--json").stdout)["turns"]
    assert turns == ["bob", "cy", "ada"]
    assert "3 of 3" in run("teams").stdout
    (folder / "leadline.toml").write_text(PEOPLE + '[rules.all]\nassign = ["ada"]\n')
    assert run("teams").stdout.splitlines()[1].split()[-1] == "queue"


def test_who_is_full_is_told_apart_from_who_is_away(folder: Path) -> None:
    team = '[teams.sales]\npeople = ["ada", "bob", "cy"]\ncap_open = 1\n'
    (folder / "leadline.toml").write_text(PEOPLE + team + '[rules.all]\nteam = "sales"\n')
    given(folder, 1)
    assert run("people", "away", "cy").exit_code == 0
    assert "2 of 3, 1 full" in " ".join(run("teams").stdout.split())


def test_the_queue_is_shown_while_nobody_is_there(folder: Path) -> None:
    for name in ("ada", "bob", "cy"):
        run("people", "away", name)
    (lead_id,) = given(folder, 1)
    text = run("teams", "show", "sales").stdout
    assert "next: nobody; waiting in the queue: 1" in text
    assert lead_id in text


def test_leads_that_wait_for_a_team_that_was_removed_are_told_until_they_are_sent_on(
    folder: Path,
) -> None:
    for name in ("ada", "bob", "cy"):
        run("people", "away", name)
    look(folder)
    (lead_id,) = given(folder, 1)
    (folder / "leadline.toml").write_text(PEOPLE + '[rules.all]\nassign = ["ada"]\n')
    words = "1 lead waits for it, and it is not in the settings any more"
    assert f"team sales: {words}" in run("teams").stdout
    assert words in run("teams", "show", "sales").stdout
    assert lead_id in run("teams", "show", "sales").stdout
    last = json.loads(run("teams", "list", "--json").stdout)[-1]
    assert (last["team"], last["removed"], last["queue"]) == ("sales", True, [lead_id])
    for command in (("status",), ("doctor", "--offline")):
        assert words in run(*command).stdout.replace("\n", "")
    assert json.loads(run("status", "--json").stdout)["removed_teams"] == {"sales": 1}
    look(folder)
    for command in (("teams",), ("status",), ("doctor", "--offline")):
        assert "not in the settings any more" not in run(*command).stdout
    assert json.loads(run("teams", "show", "rule all", "--json").stdout)["waiting"] == 1


def look(folder: Path) -> None:
    """What a worker does now and then, and the tasks that come of it."""
    settings = load().settings
    with closing(SqliteStore(folder / "data")) as store:
        kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
        wake_queues(kit)
        assign_due(kit)


def test_leads_of_somebody_who_leaves_are_previewed_and_then_given_to_others(folder: Path) -> None:
    given(folder, 6)
    preview = run("reassign", "--from", "ada", "--dry-run")
    assert "2 of 2 leads would be given to others: bob 1, cy 1" in preview.stdout, (
        preview.stdout + preview.stderr
    )
    assert team()["ada"]["open"] == 2
    assert run("reassign", "--from", "ada").exit_code == 2, "it asks, and here is no terminal"
    done = json.loads(run("reassign", "--from", "ada", "--yes", "--json").stdout)
    assert sorted(one["after"] for one in done) == ["bob", "cy"]
    assert team()["ada"]["open"] == 0
    assert run("reassign", "--from", "ada", "--yes").stdout == "ada has no open leads\n"


def test_the_exit_code_tells_of_leads_for_which_nobody_is_there(folder: Path) -> None:
    given(folder, 3)
    for name in ("bob", "cy"):
        run("people", "away", name)
    result = run("reassign", "--from", "ada", "--yes")
    assert result.exit_code == 1
    assert "stays: nobody else is there or has room" in result.stdout


def test_one_lead_is_assigned_by_a_part_of_its_id(folder: Path) -> None:
    lead_id = given(folder, 1)[0]
    result = run("assign", lead_id[-12:], "cy", "--yes")
    assert result.stdout == f"lead {lead_id} is cy's now\n"
    assert [one["open"] for one in team().values()] == [0, 0, 1]
    again = run("assign", lead_id, "cy", "--yes")
    assert (again.exit_code, "cy has it already" in again.stderr) == (1, True)
