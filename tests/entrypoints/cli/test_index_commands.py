"""`leadline index`, and the searches of `leadline leads` by the index."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app
from leadline.stores.sqlite.file.folder import INDEX
from tests.worlds.questions import IndexedWorld, fill, person


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IndexedWorld]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    with IndexedWorld(tmp_path / "data") as made:
        fill(made)
        yield made


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def found(world: IndexedWorld, *words: str) -> list[str]:
    shown = run("leads", "--json", *words)
    assert shown.exit_code == 0, shown.output
    return [world.names[row["lead_id"]] for row in json.loads(shown.stdout)]


def test_a_search_finds_words_of_every_text_if_the_index_is_current(world: IndexedWorld) -> None:
    assert found(world, "--search", "looms lovelace") == ["ada"]
    assert found(world, "--search", "40 looms", "--status", "dead") == []
    assert found(world, "--search", "example", "--limit", "2") == ["dead", "zoe"]
    assert "2 of 5 leads" in run("leads", "--search", "example", "--limit", "2").output


def test_a_search_among_masked_leads_finds_what_they_show(world: IndexedWorld) -> None:
    assert found(world, "--masked", "--search", "lovelace") == []
    assert found(world, "--masked", "--search", "engines") == ["ada"]


def test_a_search_is_that_of_the_ledger_while_the_index_is_behind(world: IndexedWorld) -> None:
    world.refine("late", *person("Late Comer", message="looms"), told=False)
    assert found(world, "--search", "looms") == []
    assert found(world, "--search", "comer") == ["late"]
    (world.folder / INDEX).unlink()
    assert found(world, "--search", "lovelace") == ["ada"]


def test_lists_have_the_same_rows_as_before(world: IndexedWorld) -> None:
    by_ledger = json.loads(run("leads", "--json").stdout)
    searched = json.loads(run("leads", "--json", "--search", "lovelace").stdout)
    assert searched == [row for row in by_ledger if world.names[row["lead_id"]] == "ada"]


def test_the_index_is_verified_and_rebuilt(world: IndexedWorld) -> None:
    right = run("index", "verify")
    assert (right.exit_code, right.stdout) == (0, "the index agrees with the data file\n")
    with closing(apsw.Connection(str(world.folder / INDEX))) as index:
        index.execute("UPDATE figure SET won = won + 1")
    wrong = run("index", "verify")
    assert wrong.exit_code == 1
    assert "WRONG the figures of 2026-03-02" in wrong.stdout
    assert json.loads(run("index", "verify", "--json").stdout)["right"] is False
    assert run("index", "rebuild").stdout == "the index is made anew, with 6 events\n"
    assert json.loads(run("index", "rebuild", "--json").stdout) == {"events": 6}
    assert json.loads(run("index", "verify", "--json").stdout) == {"right": True, "wrong": []}


def test_a_folder_without_an_index_is_told(world: IndexedWorld) -> None:
    (world.folder / INDEX).unlink()
    told = run("index", "verify")
    assert told.exit_code == 1
    assert "there is no index" in told.stdout
