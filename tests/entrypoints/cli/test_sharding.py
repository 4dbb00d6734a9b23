"""`leadline shards` says in how many shards an index is, and moves what is in unused ones."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner, Result

from leadline.cloud import connecting
from leadline.entrypoints.cli import app
from leadline.stores.aws.table import Table
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock, captured


@dataclass
class ShardedStack:
    """A stack as the command knows it."""

    table: Table
    updated_at: datetime | None = None


@pytest.fixture
def stack(moto: str, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[ShardedStack]:
    """Forty leads came while it had sixteen shards; now it has two."""
    with closing(AwsResources(moto)) as rooms:
        rooms.table.shards = 16
        rooms.store(clock).accept([captured(clock, f"lead{number}") for number in range(40)])
        made = ShardedStack(Table(rooms.caller, rooms.table.name, 2))
        monkeypatch.setattr(connecting, "connect_to_stack", lambda *_: made)
        yield made


def shards(*words: str) -> Result:
    return CliRunner().invoke(app, ["shards", "--stack", "leads", *words])


def test_entries_are_gathered_and_the_rest_is_said(stack: ShardedStack) -> None:
    before = json.loads(shards("--json").stdout)
    assert (before["new"], before["read"], before["moved"]) == (2, 16, 0)
    assert before["outside"] > 0
    assert "use `leadline shards --gather --stack leads`" in shards().stderr
    gathered = shards("--gather")
    assert gathered.exit_code == 0, gathered.output
    assert gathered.stdout == (
        "new entries go to 2 shards, readers look into 4, 0 entries are in unused ones, "
        f"{before['outside']} moved\n"
    )


def test_nothing_is_gathered_while_functions_of_before_may_run(stack: ShardedStack) -> None:
    stack.updated_at = datetime.now(UTC) - timedelta(minutes=20)
    refused = shards("--gather")
    assert refused.exit_code == 1
    assert "functions of before may still write to the former shards" in refused.stderr
    assert json.loads(shards("--json").stdout)["read"] == 16
    stack.updated_at = datetime.now(UTC) - timedelta(minutes=31)
    assert shards("--gather").exit_code == 0
