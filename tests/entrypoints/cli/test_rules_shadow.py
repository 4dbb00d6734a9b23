"""`leadline rules shadow`: other settings beside the live ones."""

import json
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app
from leadline.stores.sqlite.store import SqliteStore
from tests.entrypoints.cli.test_rules_backtest import (  # noqa: F401 - fixtures
    accept,
    folder,
    hashes,
    lead,
    refine,
)


def shadow(*words: str) -> Result:
    return CliRunner().invoke(app, ["rules", "shadow", "new.toml", *words])


def test_what_happened_is_compared_with_what_would_have(folder: Path) -> None:  # noqa: F811
    ids = accept(folder, *(lead(number) for number in range(6)))
    refine(folder)
    before = hashes(folder)
    result = shadow()
    assert result.exit_code == 0, result.output
    assert "6 leads replayed, 4 would differ: owner 4" in result.stdout
    assert f"{ids[2]}  owner: ada (rule all) → cy (sales, rule all)" in result.stdout
    assert "It is cy's turn in the team sales (rule all)." in result.stdout
    assert hashes(folder) == before


def test_a_lead_that_still_waits_is_left_for_later(folder: Path) -> None:  # noqa: F811
    accept(folder, lead(1))
    assert json.loads(shadow("--json").stdout)["leads"] == 0
    refine(folder)
    assert json.loads(shadow("--json").stdout)["leads"] == 1


def test_it_follows_leads_as_they_come_and_sums_up_at_the_end(
    folder: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accept(folder, lead(1))
    refine(folder)
    looks: list[float] = []

    def come(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            raise KeyboardInterrupt
        with closing(SqliteStore(folder / "data")) as store:
            store.accept([lead(1 + len(looks))])
        refine(folder)

    monkeypatch.setattr(time, "sleep", come)
    told: dict[str, Any] = json.loads(shadow("--follow", "--every", "2", "--json").stdout)
    assert looks == [2.0, 2.0, 2.0]
    assert told["leads"] == 3
    assert all(one["decision"]["team"] == "sales" for one in told["differences"])
