"""`leadline score train`, `compare`, `drift` and `show`."""

import csv
import json
import random
import re
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leadline import wiring
from leadline.entrypoints.cli import app
from leadline.journey.refinement.refining import refine_due
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.scoring.model_file import model_bytes
from leadline.settings.loading import load
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured
from tests.worlds.trained import hand_made, needs_lightgbm

HEAD = ("id", "created", "Lead Source", "Name", "E-mail", "Visits", "Plan", "Last Call", "won")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    needs_lightgbm()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    (tmp_path / "leadline.toml").write_text('delay = "0s"\n')
    monkeypatch.setattr("leadline.operations.training.boosting._TRIED", ((8, 20),))
    return tmp_path


def write(path: Path, rows: Iterable[Iterable[object]], head: tuple[str, ...] = HEAD) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def rows(size: int = 900) -> list[list[object]]:
    chance = random.Random(1)
    made: list[list[object]] = []
    for number in range(size):
        visits, plan = chance.randrange(20), chance.choice(["gold", "silver"])
        won = chance.random() < (0.1 + 0.03 * visits)
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)
        name = f"Ada Ember{number}"
        mail = f"ada.ember{number}@firm{number}.example"
        called = "yes" if won or chance.random() < 0.1 else ""
        made.append([
            10_000 + number, at.isoformat(), chance.choice(["web", "fair"]), name, mail, visits,
            plan, called, "yes" if won else "no",
        ])  # fmt: skip
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["score", *words])


def good(*words: str) -> str:
    done = run(*words)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


TRAIN = ("train", "--csv", "leads.csv", "--outcome", "won", "--time", "created")


def test_a_model_of_a_table_is_written_and_told(folder: Path) -> None:
    write(folder / "leads.csv", rows())
    text = good(*TRAIN, "--name", "spring")
    for words in ("spring 1", "measured on 180 leads", "the latest", "logistic baseline", "visits"):
        assert words in text
    assert re.search(r"AUC of the model: 95 % confidence interval 0\.\d{3} to [01]\.\d{3}", text)
    assert '"last" in its name says that it is filled in later' in text
    file = (folder / "spring.json").read_text()
    assert "Ember" not in file
    assert "firm7" not in file
    assert good("show", "spring.json").startswith("spring 1, trained at")
    assert json.loads(good("show", "spring.json", "--json"))["version"] == 1


@pytest.mark.parametrize("same", [True, False])
def test_of_many_columns_those_that_say_nothing_take_no_places(folder: Path, same: bool) -> None:
    more = tuple(f"a {n}" for n in range(160))
    wide = [
        [*row, *("x" if same else "xy"[(place + n) % 2] for n in range(160))]
        for place, row in enumerate(rows(400))
    ]
    write(folder / "leads.csv", wide, (*HEAD, *more))
    text = good(*TRAIN)
    assert ("custom.visits" in text) is same
    assert ("fewer than the most usual columns" in text) is not same


def test_the_next_training_is_the_next_version(folder: Path) -> None:
    write(folder / "leads.csv", rows())
    good(*TRAIN, "--out", "m.json")
    assert json.loads(good(*TRAIN, "--out", "m.json", "--json"))["version"] == 2
    assert [path.name for path in folder.glob("*m.json*")] == ["m.json"]


def test_a_file_that_is_no_model_is_not_overwritten(folder: Path) -> None:
    write(folder / "leads.csv", rows())
    done = run(*TRAIN, "--out", "leads.csv")
    assert "has no model" in str(done.exception)
    assert (folder / "leads.csv").read_text().startswith("id,created")


def test_two_models_are_compared_on_what_both_held_out(folder: Path) -> None:
    write(folder / "leads.csv", rows())
    good(*TRAIN, "--out", "a.json", "--name", "a")
    good(*TRAIN, "--out", "b.json", "--name", "b", "--drop", "Plan")
    good(*TRAIN, "--out", "c.json", "--name", "c", "--drop", "Visits")
    where = ("--csv", "leads.csv", "--outcome", "won", "--time", "created")
    text = good("compare", "a.json", "b.json", *where)
    assert "on 180 leads that are new to both" in text
    assert "AUC: undecided" in text
    assert "AUC: a 1 is better" in good("compare", "a.json", "c.json", *where)
    found = json.loads(good("compare", "a.json", "a.json", *where, "--json"))
    assert [one["by"] for one in found["differences"]] == [0.0, 0.0, 0.0]


def test_models_of_different_zones_are_not_compared(folder: Path) -> None:
    write(folder / "leads.csv", rows(300))
    (folder / "a.json").write_bytes(model_bytes(hand_made()))
    (folder / "b.json").write_bytes(model_bytes(hand_made(zone="Europe/Berlin")))
    done = run("compare", "a.json", "b.json", "--csv", "leads.csv", "--outcome", "won")
    assert "different time zones" in str(done.exception)


def test_without_the_extra_it_is_said_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    write(folder / "leads.csv", rows(300))
    assert "the extra train" in str(run(*TRAIN).exception)
    (folder / "a.json").write_bytes(model_bytes(hand_made()))
    assert good("show", "a.json").startswith("spring 3")


def test_a_model_that_would_score_otherwise_leaves_no_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.operations.training.exporting.CLOSE", -1.0)
    write(folder / "leads.csv", rows())
    assert "no model was written" in str(run(*TRAIN).exception)
    assert not list(folder.glob("*.json"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("train",), "--csv"),
        (("train", "--csv", "leads.csv"), "--outcome"),
        (("train", "--csv", "leads.csv", "--from-outcomes"), "--from-outcomes"),
        (("train", "--csv", "none.csv", "--outcome", "won"), "can't be read"),
        (("train", "--csv", "leads.csv", "--outcome", "win"), "has no column win"),
        (("train", "--csv", "leads.csv", "--outcome", "Plan"), "--won"),
        (("train", "--csv", "leads.csv", "--outcome", "won", "--time", "Name"), "row 2"),
        (("train", "--from-outcomes", "--window", "soon"), "--window"),
        (("show", "leads.csv"), "has no model"),
        (("show", "none.json"), "none.json can't be read: No such file"),
        (("train", "--csv", "leads.csv", "--outcome", "won", "--zone", "Mars/One"), "--zone"),
        (("train", "--csv", "leads.csv", "--outcome", "won", "--name", ""), "--name"),
        (("train", "--csv", "leads.csv", "--outcome", "won", "--out", "a/b.json"), "no folder a"),
    ],
)
def test_what_is_missing_or_wrong_is_named(folder: Path, words: list[str], said: str) -> None:
    write(folder / "leads.csv", rows(300))
    done = run(*words)
    assert said in str(done.exception)
    assert done.exit_code != 0


def test_leads_in_the_order_of_a_number_have_no_hours(folder: Path) -> None:
    write(folder / "leads.csv", rows())
    text = good("train", "--csv", "leads.csv", "--outcome", "won", "--time", "id", "--json")
    model = json.loads(text)
    assert model["held_out"] == {"since": 10_720.0, "dated": False}
    assert "hour" in model["left_out"]


def test_any_value_may_mean_won(folder: Path) -> None:
    made = [[*row[:-1], "2026-05-05" if row[-1] == "yes" else ""] for row in rows()]
    write(folder / "leads.csv", made)
    words = ("train", "--csv", "leads.csv", "--outcome", "won", "--won", "*", "--json")
    assert json.loads(good(*words))["outcome"] == "won is given"


def stored(folder: Path, size: int, days: float) -> list[str]:
    """Leads that came, an hour apart, from that many days ago on, refined; every one with many
    visits was won."""
    begin = datetime.now(UTC) - timedelta(days=days)
    leads = []
    chance = random.Random(2)
    won = {}
    for number in range(size):
        visits = chance.randrange(20)
        body = {"name": f"Ada Ember{number}", "email": f"a{number}@firm{number}.example"}
        clock = HandClock(begin + timedelta(hours=number))
        raw = json.dumps({**body, "visits": visits}).encode()
        lead = captured(clock, f"p{number}", raw=raw, delay=timedelta())
        leads.append(lead)
        if chance.random() < visits / 20:
            ended = clock.now + timedelta(days=5)
            won[lead.id] = Handling(ending=Ending.WON, ended_at=ended)
    with closing(SqliteStore(folder / "data")) as store:
        store.accept(leads)
        settings = load().settings
        kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
        while refine_due(kit):
            pass
        for lead_id, after in won.items():
            assert store.handle(lead_id, UNHANDLED, after)
    return [lead.id for lead in leads]


def test_a_model_of_ones_own_outcomes_counts_leads_older_than_the_window(folder: Path) -> None:
    stored(folder, 500, days=21)  # the last of them came a few hours ago
    found = json.loads(good("train", "--from-outcomes", "--window", "6d", "--json"))
    held = found["model"]["leads"]
    assert found["leads"] + held == 24 * 15 + 1
    assert found["outcome"] == "won within 6 days"
    assert [one["name"] for one in found["columns"]][:1] == ["custom.visits"]
    text = good("train", "--from-outcomes", "--window", "6d")
    assert "of the leads: 139 leads that came less than 6 days ago" in text
    told = json.loads(good("drift", "leads.json", "--since", "60d", "--json"))
    assert told["leads"] == 500


def test_drift_is_told_by_words_and_by_the_exit_code(folder: Path) -> None:
    stored(folder, 300, days=21)
    good("train", "--from-outcomes", "--window", "6d")
    told = good("drift", "leads.json")
    assert "have not changed more than by chance" in told
    assert "the score is not compared: it takes 100 leads that are new to the model" in told
    (folder / "changed.json").write_bytes(model_bytes(changed()))
    done = run("drift", "changed.json")
    assert done.exit_code == 1
    assert "custom.visits has changed greatly" in done.stdout
    assert "not given 100% in the training, 0% now" in done.stdout
    few = good("drift", "leads.json", "--since", "1h")
    assert few == ""


def changed() -> Any:
    from msgspec.structs import replace

    model = hand_made()
    visits = replace(model.columns[0], usual=(0.0, 0.0, 0.0, 1.0))
    return replace(model, columns=(visits, *model.columns[1:]), leads=1000)
