"""`leadline why` on an installation: what was kept when it was decided."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app
from tests.entrypoints.cli.test_rules_backtest import (  # noqa: F401 - fixtures
    accept,
    folder,
    lead,
    refine,
)


def why(*words: str) -> Result:
    return CliRunner().invoke(app, ["why", *words])


def test_reasons_outlast_the_rules_by_which_it_was_decided(folder: Path) -> None:  # noqa: F811
    first, _ = accept(folder, lead(1), lead(2))
    refine(folder)
    text = why(first).stdout
    assert "ada has it." in text
    assert "At its refinement: It is ada's turn (rule all)." in text
    assert "  bob was there, but it was not their turn" in text
    (folder / "leadline.toml").unlink()
    assert "It is ada's turn (rule all)." in why(first[-12:]).stdout


def test_scripts_get_the_decision_itself(folder: Path) -> None:  # noqa: F811
    (only,) = accept(folder, lead(1))
    assert json.loads(why(only, "--json").stdout)["status"] == "waiting"
    refine(folder)
    told = json.loads(why(only, "--json").stdout)
    assert (told["holder"], told["decision"]["how"]) == ("ada", "turn")
    assert told["decision"]["rules"] == [{"rule": "all"}]


def test_a_lead_that_is_not_there_ends_with_1(folder: Path) -> None:  # noqa: F811
    accept(folder, lead(1))
    assert why("00000000-0000-7000-8000-000000000000").exit_code == 1
