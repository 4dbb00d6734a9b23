"""`duplicates eval` and `duplicates fit`: how well duplicates are found, and by which weights."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline.duplicates.weights import Weights
from leadline.entrypoints.cli import app

TABLE = """\
first_name,surname,email,phone,person
Clara,Holm,clara.holm@alder.example,,a
Ove,Lindgren,,+46 70 123 45 67,b
C.,Holm,clara.holm@alder.example,,a
Ove,Lindgren,,+46701234567,b
Greta,Sandqvist,,+46701234567,c
"""


@pytest.fixture(autouse=True)
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leads.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path / "leads.csv"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["duplicates", *words])


def test_pairs_and_clusters_are_printed_as_json() -> None:
    done = run("eval", "leads.csv", "--cluster", "person", "--json")
    assert done.exit_code == 0
    result = json.loads(done.stdout)
    assert result["rows"] == 5
    assert result["pairs"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert result["clusters"] == result["exact"] == result["pairs"]


def test_they_are_printed_as_a_table() -> None:
    done = run("eval", "leads.csv", "--cluster", "person")
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "5",
        "pairs",
        "clusters",
        "whole",
    ]


def test_a_file_without_clusters_is_refused_with_a_hint(table: Path) -> None:
    done = run("eval", "leads.csv")
    assert done.exit_code != 0
    assert "--cluster" in str(done.exception)


def test_a_file_that_is_not_there_is_refused() -> None:
    assert "can't be read" in str(run("eval", "none.csv").exception)


@pytest.mark.parametrize("how", [["--cluster", "person"], ["--blind"]])
def test_fitted_weights_can_be_evaluated(how: list[str], table: Path) -> None:
    done = run("fit", "leads.csv", "--to", "weights.json", *how)
    assert done.exit_code == 0, done.output
    assert Weights.read(table.with_name("weights.json")).levels.keys()
    again = run("eval", "leads.csv", "--cluster", "person", "--weights", "weights.json", "--json")
    assert json.loads(again.stdout)["rows"] == 5


def test_a_file_that_has_no_weights_is_refused(table: Path) -> None:
    done = run("eval", "leads.csv", "--cluster", "person", "--weights", "leads.csv")
    assert "has no weights" in str(done.exception)
