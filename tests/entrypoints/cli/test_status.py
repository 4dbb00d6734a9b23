"""`status` and `tail` on an embedded installation."""

import json
import os
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline import __version__
from leadline.entrypoints.cli import app
from leadline.entrypoints.cli.look import _state
from leadline.entrypoints.cli.look._refusals import Refusals
from leadline.model.lead import CapturedLead
from leadline.model.task import ON_HOLD_UNTIL, Drop, Step, Task
from leadline.settings.loading import load
from leadline.stores.sqlite.file.failed_sync import note_failed_sync
from leadline.stores.sqlite.file.locking import lock_folder
from leadline.stores.sqlite.store import SqliteStore
from tests.standins.scripted_server import ScriptedServer, answer
from tests.worlds.leads import HandClock, captured, lease_task, settle

Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LEADLINE_SLACK_WEBHOOK_URL", "http://127.0.0.1:9/services/x")
    return tmp_path / "data"


@pytest.fixture
def run(data: Path) -> Run:
    def invoke(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return invoke


def accept(data: Path, *leads: CapturedLead) -> None:
    with closing(SqliteStore(data)) as store:
        store.accept(leads)


def long_ago(span: timedelta) -> HandClock:
    return HandClock(datetime.now(UTC) - span)


def found(result: Result) -> dict[str, str]:
    """What was found, by what was looked at, from the lines for people."""
    lines = [line.split(None, 1) for line in result.stdout.splitlines()[1:]]
    state_of = {}
    for state, rest in (line for line in lines if len(line) == 2):
        what, _, detail = rest.partition("  ")
        state_of[what] = f"{state} {detail.strip()}"
    return state_of


def test_a_stopped_installation_where_nothing_is_late_is_well(data: Path, run: Run) -> None:
    held, *_ = leads = [captured(long_ago(timedelta()), f"lead {n}") for n in range(3)]
    accept(data, *leads)
    with closing(SqliteStore(data)) as store:
        store.put([Task(Step.REFINE, held.id)], ON_HOLD_UNTIL)
    before = {path.name for path in data.iterdir()}
    result = run("status")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"Leadline {__version__}")
    looked = found(result)
    assert looked["server"].startswith("note not running")
    assert looked["waiting"] == "ok 3 leads (1 on hold), 0 alerts, 0 later steps"
    assert looked["late"] == "ok nothing"
    assert looked["channel slack"] == "ok working"
    assert looked["dead letters"] == "ok none"
    assert str(data) in looked["disk"]
    assert "never" not in looked["last capture"]
    assert before == {path.name for path in data.iterdir()}


def test_a_running_server_is_noticed_and_left_alone(data: Path, run: Run) -> None:
    accept(data, captured(long_ago(timedelta()), "ada"))
    lock = lock_folder(data)
    try:
        assert found(run("status"))["server"] == "ok running"
    finally:
        os.close(lock)


def test_a_lead_that_is_late_is_wrong(data: Path, run: Run) -> None:
    accept(data, captured(long_ago(timedelta(hours=1)), "ada"))
    result = run("status")
    assert result.exit_code == 1
    assert "WRONG not running, and a task is due" in found(result)["server"]
    assert found(result)["late"].startswith("WRONG a lead is refined or alerted too late")


def test_a_dead_letter_is_wrong_and_named_by_its_reason(data: Path, run: Run) -> None:
    clock = long_ago(timedelta())
    with closing(SqliteStore(data)) as store:
        store.accept([captured(clock, "bad", delay=timedelta(seconds=-1))])
        settle(store, lease_task(store, Step.REFINE), Drop("lead.not_understood", "nothing"))
    result = run("status", "--json")
    assert result.exit_code == 1
    state = json.loads(result.stdout)
    assert state["version"] == __version__
    assert [group["reason"] for group in state["dead"]] == ["lead.not_understood"]
    assert state["wrong"] == ["dead letters: 1 (1 lead.not_understood); `leadline dead` lists them"]


def test_a_channel_that_refuses_for_good_is_not_said_to_work(data: Path, run: Run) -> None:
    leads = [captured(long_ago(timedelta()), name) for name in ("ada", "ben")]
    accept(data, *leads)
    with closing(SqliteStore(data)) as store:
        store.put([Task(Step.NOTIFY, lead.id, "slack") for lead in leads], leads[0].captured_at)
        for lease in store.lease(Step.NOTIFY, 9, timedelta(minutes=1), "slack"):
            settle(store, lease, Drop("slack.no_service", "no_service"))
    result = run("status")
    assert result.exit_code == 1
    assert found(result)["channel slack"] == "note not failing, but 2 messages are dead letters"


def test_a_channel_fails_or_is_paused_or_works(data: Path, run: Run) -> None:
    with closing(SqliteStore(data)) as store:
        store.record_attempt("slack", succeeded=False)
        assert "ok working; 1 attempts" in found(run("status"))["channel slack"]
        for _ in range(2):
            store.record_attempt("slack", succeeded=False)
        failing = run("status")
        store.record_attempt("slack", succeeded=True)
        store.pause("slack", datetime.now(UTC) + timedelta(hours=1))
        paused = run("status")
    assert failing.exit_code == 1
    assert found(failing)["channel slack"].startswith("WRONG failing: 3 attempts in a row failed")
    assert paused.exit_code == 0
    assert found(paused)["channel slack"].startswith("note paused until")


def test_a_full_disk_and_a_failed_sync_are_wrong(
    data: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(data, captured(long_ago(timedelta()), "ada"))
    monkeypatch.setattr(_state, "LEAST_FREE", 1 << 62)
    assert found(run("status"))["disk"].startswith("WRONG")
    note_failed_sync(data)
    result = run("status", "--json")
    assert result.exit_code == 1
    assert [words.partition(":")[0] for words in json.loads(result.stdout)["wrong"]] == [
        "disk", "data folder",
    ]  # fmt: skip


@pytest.mark.parametrize("words", [["status"], ["tail", "--no-follow"], ["leads"]])
def test_looking_makes_no_data_folder(data: Path, run: Run, words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code != 0
    assert "holds no leads yet" in str(result.exception)
    assert not data.exists()


@pytest.mark.parametrize("words", [["status", "here"], ["status", "--stack", "x"]])
def test_a_status_of_something_else_is_not_guessed_at(run: Run, words: list[str]) -> None:
    assert "leadline status --aws STACK" in str(run(*words).exception)


def test_tail_tells_what_happened_by_name(data: Path, run: Run) -> None:
    raw = b'{"name":"Ada \\u001b[1mVance","email":"ada@example.com"}'
    lead = captured(long_ago(timedelta()), "ada", raw=raw)
    accept(data, captured(long_ago(timedelta(hours=2)), "old"), lead)
    (line,) = run("tail", "--no-follow", "--since", "1h").stdout.splitlines()
    assert line.split()[1:4] == ["captured", lead.id[-8:], "generic"]
    assert "Vance" in line
    assert "\x1b" not in line
    (event,) = map(json.loads, run("tail", "--no-follow", "--json").stdout.splitlines())
    assert (event["what"], event["lead_id"]) == ("captured", lead.id)


def test_refusals_are_what_the_server_counts_beyond_the_last_look() -> None:
    pages = [
        b'leadline_http_answers_total{source="form",status="401"} 2.0\n',
        b'leadline_http_answers_total{source="form",status="401"} 5.0\n'
        b'leadline_http_answers_total{source="form",status="200"} 9.0\n',
        b'leadline_http_answers_total{source="form",status="401"} 1.0\n',
    ]
    told: list[str] = []
    answers = [answer(body=page, then="close") for page in pages]
    with ScriptedServer(*answers, answer("401 Unauthorized", then="close")) as server:
        loaded = load({"host": "0.0.0.0", "port": server.port, "metrics_token": "t"})
        refusals = Refusals(loaded.settings, told.append)
        looks = [[(one.source, one.detail) for one in refusals.look()] for _ in range(5)]
    assert looks == [[], [("form", "HTTP 401, 3 times")], [("form", "HTTP 401")], [], []]
    assert server.requests[0].headers["authorization"] == "Bearer t"
    (why,) = told
    assert "refused deliveries are not shown" in why
    assert "HTTP 401" in why
