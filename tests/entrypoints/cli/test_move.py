"""`leadline move` there and back, between a data folder and a store on a real API of AWS here."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from leadline.cloud import connecting
from leadline.cloud.connecting import StackStore
from leadline.entrypoints.cli import app
from leadline.installations.data_folder import lock_folder, refuse_if_moved
from leadline.model.errors import ConfigurationError
from leadline.settings.general import Settings
from leadline.stores.aws.table import Table
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.aws_resources import REGION, AwsResources
from tests.worlds.leads import HandClock, captured


class MovedStack:
    """A stack as a move knows it."""

    name = "leads"
    cloud = SimpleNamespace(region=REGION)
    settings = Settings()

    def __init__(self, rooms: AwsResources) -> None:
        self.rooms = rooms

    @property
    def table(self) -> Table:
        return self.rooms.table

    def store(self) -> StackStore:
        return StackStore(self.rooms.table, self.rooms.bucket, self.rooms.queues)


@pytest.fixture
def stack(moto: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[MovedStack]:
    with closing(AwsResources(moto)) as rooms:
        made = MovedStack(rooms)
        monkeypatch.setattr(connecting, "connect_to_stack", lambda *_: made)
        yield made


@pytest.fixture
def folder(tmp_path: Path, clock: HandClock) -> Path:
    """A data folder with two leads."""
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as store:
        store.accept([captured(clock, name) for name in ("ada", "bob")])
    return tmp_path / "data"


def move(folder: Path, to: str, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--data", str(folder), "move", "--to", to, "--json", *more])
    return done.exit_code, done.stdout if done.exit_code == 0 else str(done.exception)


def test_leads_are_moved_there_and_back_and_no_server_starts_without_them(
    stack: MovedStack, folder: Path
) -> None:
    code, text = move(folder, "aws", "--dry-run")
    assert (code, json.loads(text)["would_move"]["leads"]) == (0, 2), text
    refuse_if_moved(folder)
    code, text = move(folder, "aws")
    assert code == 0, text
    assert {**json.loads(text), "stack": ""} == {
        "to": "aws", "stack": "", "region": REGION, "moved": 2, "known": 0, "conflicting": 0,
        "verified": 2, "conflicts": {},
    }  # fmt: skip
    with pytest.raises(ConfigurationError, match="were moved to the stack leads"):
        refuse_if_moved(folder)
    code, text = move(folder, "embedded")
    assert (code, json.loads(text)["verified"]) == (0, 2), text
    refuse_if_moved(folder)


def test_a_folder_in_use_or_moved_elsewhere_is_left_alone(stack: MovedStack, folder: Path) -> None:
    lock = lock_folder(folder)
    try:
        code, text = move(folder, "aws")
        assert (code, "another Leadline server already uses" in text) == (1, True), text
    finally:
        os.close(lock)
    assert move(folder, "aws")[0] == 0
    with closing(AwsResources(stack.rooms.endpoint)) as other:
        stack.rooms = other
        code, text = move(folder, "aws")
        assert (code, "are in the stack leads" in text) == (1, True), text
