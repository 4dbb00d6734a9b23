"""Deliveries that nobody can read, at the HTTP door and in the hands of an operator."""

import asyncio
import json
from collections.abc import Iterator, MutableMapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from leadline.entrypoints.cli import app as command
from leadline.journey.receiving.capture import CaptureKit
from leadline.model.lead import Fate, Kind
from leadline.settings.connected.sources import SourceConfig
from leadline.stores.sqlite.store import SqliteStore
from leadline.vendors.form.webhook import Form
from leadline.vendors.generic.webhook import Generic
from leadline.vendors.registry import find
from tests.worlds.http_app import RunningApp

BROKEN = b'{"name":"Ada "The Loom" Vance","email":"ada@example.com"}'
TRAILING = b'{"email":"ada@example.com",}'
SECRET = {"authorization": "Bearer s"}


@pytest.fixture
def door() -> Iterator[RunningApp]:
    running = RunningApp()
    running.start()
    kinds = {
        "generic": Generic(SourceConfig(secret=("s",))),
        "form": Form(SourceConfig(keep_unreadable=True)),
        "odoo": find("odoo")(SourceConfig()),
    }
    running.kit = CaptureKit(kinds, timedelta(minutes=10))
    running.open()
    yield running
    running.stop()


@pytest.mark.parametrize("body", [BROKEN, TRAILING, b'{"name": "half', b"\x00\x01", b"[" * 9_000])
def test_what_a_secret_proves_is_kept_with_its_bytes_and_answered_200(
    door: RunningApp, body: bytes
) -> None:
    answer = door.post(body, **SECRET)
    (kept,) = door.slow_inbox.kept
    assert answer.status == 200
    assert answer.json()["lead_id"] == kept.id
    assert answer.json()["message"] == "Delivery kept, but it can't be read"
    assert (kept.kind, kept.body, kept.quota) == (Kind.UNREADABLE, body, None)


def test_who_proves_nothing_is_refused_and_nothing_is_kept(door: RunningApp) -> None:
    assert door.post(BROKEN, authorization="Bearer wrong").status == 401
    assert door.post(BROKEN, "/webhook/odoo").status == 400
    assert door.post(b" \n", **SECRET).status == 400
    assert door.slow_inbox.kept == []


def test_what_proves_nothing_is_kept_within_a_quota_where_the_settings_say_so(
    door: RunningApp,
) -> None:
    assert door.post(BROKEN, "/webhook/form").status == 200
    (kept,) = door.slow_inbox.kept
    assert kept.quota is not None


def _break_off(door: RunningApp, path: str, body: bytes) -> int:
    """Announce more than is sent and hang up; the status of the answer."""
    messages: list[MutableMapping[str, Any]] = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return messages.pop(0)

    async def send(message: MutableMapping[str, Any]) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "server": ("127.0.0.1", door.port),
        "headers": [
            (b"content-length", b"9000"),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"authorization", b"Bearer s"),
        ],
    }
    asyncio.run_coroutine_threadsafe(door.app(scope, receive, send), door.loop).result(10)
    return int(answered[0]["status"])


def test_a_body_that_breaks_off_is_never_read_and_kept_only_where_the_settings_say_so(
    door: RunningApp,
) -> None:
    part = b"email=ada@example.com&name=Ad"
    assert _break_off(door, "/webhook", part) == 400
    assert _break_off(door, "/webhook/form", part) == 200
    (kept,) = door.slow_inbox.kept
    assert (kept.source, kept.kind, kept.body) == ("form", Kind.UNREADABLE, part)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LEADLINE_SOURCES__GENERIC__SECRET", "s")
    return tmp_path


def test_a_mended_body_becomes_the_lead_that_was_answered(door: RunningApp, folder: Path) -> None:
    door.post(BROKEN, **SECRET)
    (kept,) = door.slow_inbox.kept
    with closing(SqliteStore(folder / "data")) as store:
        store.accept([kept])
    run = CliRunner()
    dead = json.loads(run.invoke(command, ["dead", "--json"]).stdout)
    assert [group["reason"] for group in dead] == ["capture.unreadable"]
    assert (
        "are unchanged"
        in run.invoke(command, ["replay", kept.id, "--from", "capture", "--yes"]).stderr
    )
    assert run.invoke(command, ["show", kept.id, "--body"]).stdout_bytes == BROKEN
    (folder / "mended.json").write_bytes(b'{"name":"Ada Vance","email":"ada@example.com"}')
    again = ["replay", kept.id, "--from", "capture", "--body", "mended.json", "--json", "--yes"]
    assert json.loads(run.invoke(command, again).stdout)["replayed"] == 1
    with closing(SqliteStore(folder / "data")) as store:
        assert json.loads(store.waiting([kept.id])[kept.id].raw)["name"] == "Ada Vance"
        assert store.archived([kept.id])[kept.id].fate is Fate.CAPTURED
    assert json.loads(run.invoke(command, ["dead", "--json"]).stdout) == []


def test_a_mended_body_is_for_one_lead(folder: Path) -> None:
    (folder / "mended.json").write_bytes(b"{}")
    wrong = ["replay", "--source", "generic", "--from", "capture", "--body", "mended.json"]
    told = CliRunner().invoke(command, wrong)
    assert told.exit_code == 2
    assert "--body needs" in told.stderr
