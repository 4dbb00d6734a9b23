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
from leadline.model.personal_data.privacy import Tombstone
from leadline.model.personal_data.suppression import Suppressed, SuppressedBy
from leadline.ports.store import Store
from leadline.privacy.hashes import key_of_text
from leadline.settings.top.general import Settings
from leadline.stores.aws.privacy.erasures import AwsErasures
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


KEY = key_of_text("a made-up key for tests")
MARK = b"ada@example.com"


def erased_ada(clock: HandClock) -> Tombstone:
    """A tombstone of ada, made now."""
    return Tombstone(KEY.hashes_of(["email:ada@example.com"]), KEY.id, clock.now)


def held_by(store: Store) -> bytes:
    """All words that a store holds."""
    return b"".join(one.raw + one.body + one.document for one in store.held_texts())


def words_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_who_was_erased_in_the_stack_does_not_come_back_with_a_move(
    stack: MovedStack, folder: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_PRIVACY_KEY", "a made-up key for tests")
    clock.advance(minutes=1)
    AwsErasures(stack.rooms.bucket).bury(erased_ada(clock))
    code, text = move(folder, "aws")
    assert code == 0, text
    remote = stack.store()
    assert MARK not in held_by(remote)
    assert b"bob@example.com" in held_by(remote)
    assert MARK not in words_in(folder)
    code, text = move(folder, "embedded")
    assert code == 0, text
    with closing(SqliteStore(folder)) as store:
        assert list(store.tombstones()) == [erased_ada(clock)]
        assert MARK not in held_by(store)


def test_who_was_erased_here_is_erased_in_the_stack_before_the_leads_come_back(
    stack: MovedStack, folder: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_PRIVACY_KEY", "a made-up key for tests")
    assert move(folder, "aws")[0] == 0
    assert MARK in held_by(stack.store())
    clock.advance(minutes=1)
    with closing(SqliteStore(folder)) as store:
        store.bury(erased_ada(clock))
    code, text = move(folder, "embedded")
    assert code == 0, text
    assert MARK not in held_by(stack.store())
    assert MARK not in words_in(folder)
    assert list(AwsErasures(stack.rooms.bucket).tombstones()) == [erased_ada(clock)]


def test_the_suppression_list_moves_along(
    stack: MovedStack, folder: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = (
        Suppressed(KEY.hash_of(f"email:{who}@example.com"), SuppressedBy.EMAIL, KEY.id, clock.now)
        for who in ("cy", "di")
    )
    with closing(SqliteStore(folder)) as store:
        store.suppress([here])
    code, text = move(folder, "aws")
    assert (code, "set privacy_key in the stack" in text) == (1, True), text
    monkeypatch.setattr(stack, "settings", Settings(privacy_key="another key, made up"))
    code, text = move(folder, "aws")
    assert (code, f"with the privacy key {KEY.id}" in text) == (1, True), text
    monkeypatch.setattr(stack, "settings", Settings(privacy_key="a made-up key for tests"))
    code, text = move(folder, "aws")
    assert code == 0, text
    stack.store().suppress([there])
    assert set(stack.store().suppressed([here.hash, there.hash])) == {here.hash, there.hash}
    assert move(folder, "embedded")[0] == 0
    with closing(SqliteStore(folder)) as store:
        assert set(store.suppressed([here.hash, there.hash])) == {here.hash, there.hash}
