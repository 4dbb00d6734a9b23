"""What commands add for a stack on AWS: `status`, `tail`, and ids of leads; nothing is called."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leadline.cloud import state as cloud_state
from leadline.cloud import tail as cloud_tail
from leadline.cloud.state import FunctionErrors, QueueDepth, StackState
from leadline.cloud.tail import LogLine
from leadline.entrypoints.cli import app
from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli.look import leads, status, tailing
from leadline.settings.loading import load
from leadline.stores.memory_audit import MemoryAudit
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WELL = StackState(
    stack="prod", status="UPDATE_COMPLETE", changed_at=AT, webhook_url="https://x.example.com",
    code={"work": "0.1.0 28db"}, queues={"refine dead letters": QueueDepth(0, 0, 0)}, alarms={},
    errors={"refine": FunctionErrors(0, None)}, notes=(),
)  # fmt: skip
Asked = list[tuple[str, str | None]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """The stacks whose state is asked for, with the region; the state is `WELL`."""
    found: Asked = []
    region: list[str | None] = []
    monkeypatch.setattr(status, "connect", lambda name: region.append(name))

    def stack_state(_cloud: object, stack: str, _now: datetime) -> StackState:
        found.append((stack, region[-1]))
        return WELL

    monkeypatch.setattr(cloud_state, "stack_state", stack_state)
    return found


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_the_state_of_a_stack_is_asked_for_by_its_name(asked: Asked) -> None:
    result = run("--aws", "prod", "--region", "eu-west-1", "status")
    assert result.exit_code == 0, result.output
    assert "prod is UPDATE_COMPLETE" in result.stdout
    assert "warning" not in result.stderr
    assert asked == [("prod", "eu-west-1")]


@pytest.mark.parametrize(
    ("words", "stack"), [(["--stack", "prod", "--region", "eu-west-1"], "prod"), ([], "leadline")]
)
def test_the_former_spelling_still_works_and_says_the_new_one(
    asked: Asked, words: list[str], stack: str
) -> None:
    result = run("status", "aws", "--json", *words)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["stack"] == "prod"
    assert f"write `status --aws {stack}`" in result.stderr
    assert asked == [(stack, "eu-west-1" if words else None)]


@pytest.mark.parametrize(
    "change",
    [
        {"alarms": {"LeadsUntold": "ALARM"}},
        {"queues": {"delivery dead letters": QueueDepth(1, 0, 0)}},
        {"status": "UPDATE_ROLLBACK_COMPLETE"},
        {"status": "CREATE_FAILED"},
    ],
)
def test_a_stack_where_something_is_wrong_exits_with_1(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    known = {name: getattr(WELL, name) for name in WELL.__struct_fields__}
    wrong = StackState(**{**known, **change})
    monkeypatch.setattr(cloud_state, "stack_state", lambda *_: wrong)
    assert run("--aws", "prod", "status").exit_code == 1
    assert run("status", "aws").exit_code == 0, "the former spelling never did"
    assert asked == []


def test_new_alarms_that_have_seen_nothing_are_not_wrong(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {name: getattr(WELL, name) for name in WELL.__struct_fields__}
    new = StackState(**{**known, "alarms": {"LeadsUntold": "INSUFFICIENT_DATA"}})
    monkeypatch.setattr(cloud_state, "stack_state", lambda *_: new)
    assert run("--aws", "prod", "status").exit_code == 0
    assert asked == []


def test_tail_shows_captures_alerts_and_trouble_of_the_functions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [
        LogLine(AT, "capture", {"level": "info", "event": "webhook.captured", "lead": "1"}),
        LogLine(AT, "refine", {"level": "info", "event": "refine.done", "lead": "2"}),
        LogLine(AT, "deliver", {"level": "info", "event": "notify.done", "lead": "\x1b[1m3"}),
        LogLine(AT, "capture", {"level": "warning", "event": "any.refused", "source": "close"}),
    ]
    followed: list[bool] = []

    def log_lines(*_: object, follow: bool) -> Iterator[LogLine]:
        followed.append(follow)
        return iter(lines)

    monkeypatch.setattr(tailing, "connect", lambda _: None)
    monkeypatch.setattr(cloud_tail, "log_groups", lambda *_: {})
    monkeypatch.setattr(cloud_tail, "log_lines", log_lines)
    text = run("--aws", "prod", "tail").stdout
    assert [line.split()[4] for line in text.splitlines()] == [
        "webhook.captured", "notify.done", "any.refused",
    ]  # fmt: skip
    assert "\x1b" not in text
    shown = run("--aws", "prod", "tail", "--json", "--no-follow").stdout.splitlines()
    assert [json.loads(line)["function"] for line in shown] == ["capture", "deliver", "capture"]
    assert followed == [True, False]


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs commands "on AWS" whose ledger is an embedded one."""
    with closing(SqliteStore(tmp_path / "data")) as store:
        store.accept([captured(HandClock(datetime.now(UTC)), f"lead {n}") for n in range(60)])
    installation = SimpleNamespace(
        ledger=lambda: SqliteLedger(tmp_path / "data"),
        search_ledger=lambda *, masked: SqliteLedger(tmp_path / "data"),
        loaded=lambda: load(environ={}, folder=tmp_path),
        audit=MemoryAudit,
        holds_data=lambda: True,
    )
    monkeypatch.setattr(Options, "installation", installation)
    return lambda *words: run("--aws", "prod", *words)


def test_an_end_that_is_not_found_on_a_stack_may_be_older(stack: Callable[..., Result]) -> None:
    for part, is_said in (("0" * 12, True), ("00000000-0000-7000-8000-000000000000", False)):
        missed = stack("show", part)
        assert missed.exit_code == 1
        assert "no lead has the id" in missed.stderr
        assert ("only leads of the last 14 days" in missed.stderr) is is_said


def test_leads_of_a_stack_are_counted_only_so_far(
    stack: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leads, "_COUNTED_ON_AWS", 55)
    total = stack("leads").stdout.splitlines()[-1]
    assert total == "50 of more than 55 leads; --limit shows more"
    for words in (["--search", "lead"], ["--source", "generic"]):
        total = stack("leads", *words).stdout.splitlines()[-1]
        assert total == "50 of more than 50 leads; --limit shows more"
    monkeypatch.setattr(leads, "_COUNTED_ON_AWS", 60)
    assert stack("leads").stdout.splitlines()[-1] == "50 of 60 leads; --limit shows more"
    assert stack("leads", "--limit", "60").stdout.splitlines()[-1] == "60 leads"
