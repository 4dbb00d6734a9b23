"""`leads` and `show` on an embedded installation, and leads named by a part of their id."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app
from leadline.entrypoints.cli.look import leads
from leadline.model.lead import CapturedLead
from leadline.model.task import ON_HOLD_UNTIL, Step, Task
from leadline.stores.sqlite.reading import listing
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured

Run = Callable[..., Result]
EVIL = "Eve \\u001b[31mRed\\u0007 \\u009b2J"
TWINS = ("0195a3c2-0001-7000-8000-00000000beef", "0195a3c2-0002-7000-8000-00000000beef")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Run:
    def invoke(*words: str, **more: str) -> Result:
        return CliRunner().invoke(app, list(words), **more)  # type: ignore[arg-type]

    return invoke


def accept(folder: Path, *leads: CapturedLead) -> list[str]:
    with closing(SqliteStore(folder / "data")) as store:
        store.accept(leads)
    return [lead.id for lead in leads]


def hold(folder: Path, lead_id: str) -> None:
    with closing(SqliteStore(folder / "data")) as store:
        store.put([Task(Step.REFINE, lead_id)], ON_HOLD_UNTIL)


def now() -> HandClock:
    return HandClock(datetime.now(UTC))


def with_id(lead_id: str, name: str) -> CapturedLead:
    return msgspec.structs.replace(captured(now(), name), id=lead_id)


def test_waiting_leads_are_listed_with_name_and_due_time(folder: Path, run: Run) -> None:
    lead = captured(now(), "ada")
    accept(folder, lead)
    heading, line, total = run("leads").stdout.splitlines()
    assert heading.split() == ["captured", "lead", "status", "name", "e-mail", "source"]
    assert lead.id[-8:] in line
    assert f"waiting {lead.due_at.astimezone():%H:%M}" in line or "waiting 20" in line
    assert "Ada" in line
    assert "ada@example.com" in line
    assert total == "1 lead"


def test_a_name_that_a_terminal_would_obey_reaches_none(folder: Path, run: Run) -> None:
    raw = f'{{"name":"{EVIL}","email":"eve@example.com"}}'.encode()
    (lead_id,) = accept(folder, captured(now(), "eve", raw=raw))
    for words in (["leads"], ["leads", "--csv"], ["leads", "--json"], ["show", lead_id]):
        done = run(*words)
        assert done.exit_code == 0, done.output
        assert not set(done.output) & {"\x1b", "\x07", "\x9b"}
    assert "eve@example.com" in run("leads").stdout


def test_a_preview_prints_nothing_that_a_terminal_obeys(folder: Path, run: Run) -> None:
    evil = "\x9b2J\u202e"
    body = {"name": "Eve Vance", "email": "eve@example.com", "message": evil, "x": evil}
    (folder / "lead.json").write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    for more in ([], ["--raw"], ["--json"]):
        done = run("preview", "lead.json", *more)
        assert done.exit_code == 0, done.output
        assert "Eve Vance" in done.stdout
        assert not set(done.output) & set("\x9b\u202e")


def test_words_that_are_too_long_to_be_read_for_a_name_are_listed_without(
    folder: Path, run: Run
) -> None:
    raw = f'{{"name":"Ada Vance","message":"{"x" * (70 << 10)}"}}'.encode()
    accept(folder, captured(now(), "ada", raw=raw), captured(now(), "bad", raw=b'{"a":1}'))
    listed = run("leads")
    assert listed.exit_code == 0
    assert "Ada" not in listed.stdout
    assert "2 leads" in listed.stdout


def test_a_list_says_of_how_many_it_shows_the_newest(folder: Path, run: Run) -> None:
    accept(folder, *(captured(now(), f"lead {n}") for n in range(120)))
    assert run("leads").stdout.splitlines()[-1] == "50 of 120 leads; --limit shows more"
    assert run("leads", "--limit", "120").stdout.splitlines()[-1] == "120 leads"
    assert "1 of 120" in run("leads", "--limit", "1", "--status", "waiting").stdout
    assert run("leads", "--status", "dead").stdout == "no leads\n"


def test_no_more_leads_are_counted_than_is_quick(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(folder, *(captured(now(), f"lead {n}") for n in range(9)))
    few = ["leads", "--limit", "2"]
    found = ["--search", "lead"]
    assert "2 of 9 leads" in run(*few, *found).stdout
    monkeypatch.setattr(leads, "_COUNTED", 5)
    assert "2 of more than 5 leads" in run(*few, "--status", "waiting").stdout
    assert "2 of 9 leads" in run(*few).stdout
    monkeypatch.setattr(listing, "MANY", 1)
    assert "2 of more than 2 leads" in run(*few, *found).stdout


def test_leads_on_hold_are_a_status_of_their_own(folder: Path, run: Run) -> None:
    held, _, other = accept(folder, *(captured(now(), f"lead {n}") for n in range(3)))
    hold(folder, held)
    hold(folder, other)
    listed = run("leads", "--status", "held").stdout.splitlines()
    assert [other[-8:] in listed[1], held[-8:] in listed[2]] == [True, True]
    assert listed[-1] == "2 leads"
    assert "1 of 2 leads" in run("leads", "--status", "held", "--limit", "1").stdout
    rows = json.loads(run("leads", "--status", "held", "--json").stdout)
    assert [(row["lead_id"], row["why"]) for row in rows] == [(other, "held"), (held, "held")]
    assert run("leads", "--status", "held", "--source", "close").stdout == "no leads\n"


def test_an_unknown_status_is_answered_with_the_known_ones(run: Run, folder: Path) -> None:
    asked = run("leads", "--status", "lost")
    assert asked.exit_code == 2
    for known in ("waiting", "held", "refined", "alerted", "quarantined", "filtered", "dead"):
        assert known in asked.stderr


def test_json_is_one_array_whatever_its_length(folder: Path, run: Run) -> None:
    accept(folder, captured(now(), "first"))
    (one,) = json.loads(run("leads", "--json").stdout)
    accept(folder, *(captured(now(), f"lead {n}") for n in range(70)))
    shown = run("leads", "--json", "--limit", "100").stdout
    many = json.loads(shown)
    assert (len(many), many[-1]) == (71, one)
    assert shown == json.dumps(many, indent=2, ensure_ascii=False) + "\n"
    assert json.loads(run("leads", "--json", "--status", "dead").stdout) == []
    assert run("leads", "--json", "--csv").exit_code == 2


def test_csv_has_a_line_for_each_lead_with_its_whole_id(folder: Path, run: Run) -> None:
    raw = b'{"name":"=1+1","email":"ada@example.com","company":"A, B"}'
    (lead_id,) = accept(folder, captured(now(), "ada", raw=raw))
    text = run("leads", "--csv").stdout_bytes.decode()
    (read,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (read["lead_id"], read["status"]) == (lead_id, "waiting")
    assert read["company"] == "A, B"
    assert not read["name"].startswith("=")


def test_a_list_fits_80_columns_and_a_reader_may_leave_it(folder: Path) -> None:
    accept(folder, *(captured(now(), f"{'long ' * 9}{n}") for n in range(900)))
    words = [sys.executable, "-m", "leadline.entrypoints.cli", "leads", "--limit", "900"]
    environment = {k: v for k, v in os.environ.items() if k != "COLUMNS"}
    for more in ([], ["--csv"], ["--json"]):
        with subprocess.Popen(
            [*words, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            line = process.stdout.readline().decode().rstrip()
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode == 0
        assert more or cell_len(line) <= 80


def test_many_leads_are_named_by_twelve_digits(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lead_id,) = accept(folder, captured(now(), "ada"))
    assert f"  {lead_id[-8:]}  " in run("leads").stdout
    monkeypatch.setattr(listing, "MANY", 1)
    assert f"  {lead_id[-12:]}  " in run("leads").stdout


@pytest.mark.parametrize("part", [slice(-8, None), slice(-12, None), slice(0, 18), slice(None)])
def test_a_lead_is_shown_by_a_beginning_or_an_end_of_its_id(
    folder: Path, run: Run, part: slice
) -> None:
    lead_id, _ = accept(folder, captured(now(), "ada"), captured(now(), "bob"))
    done = run("show", lead_id[part].upper(), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["row"]["lead_id"] == lead_id


def test_less_than_eight_digits_name_no_lead(folder: Path, run: Run) -> None:
    (lead_id,) = accept(folder, captured(now(), "ada"))
    for part in (lead_id[-7:], lead_id[:7], "01"):
        done = run("show", part)
        assert done.exit_code == 1
        assert "at least 8 digits" in done.stderr


def test_leads_with_one_end_are_named_and_none_is_changed(folder: Path, run: Run) -> None:
    accept(folder, *(with_id(i, f"twin {n}") for n, i in enumerate(TWINS)))
    for words in (["show"], ["hold", "--yes"], ["replay", "--yes"]):
        done = run(*words, "0000beef")
        assert (done.exit_code, done.stdout) == (1, "")
        for lead_id, name in zip(TWINS, ("Twin 0", "Twin 1"), strict=True):
            assert lead_id in done.stderr
            assert name in done.stderr
    assert run("leads", "--status", "held").stdout == "no leads\n"


CHANGES = (
    ["hold"], ["wait", "1h"], ["wait", "now"], ["replay"], ["replay", "--from", "capture"],
    ["replay", "--status", "waiting"],
)  # fmt: skip


def words_of(change: list[str], lead_id: str) -> list[str]:
    return change if "--status" in change else [change[0], lead_id, *change[1:]]


@pytest.mark.parametrize("change", CHANGES)
def test_without_a_terminal_nothing_is_changed_but_with_yes(
    folder: Path, run: Run, change: list[str]
) -> None:
    raw = b'{"name":"Ada Vance","email":"ada@example.com"}'
    (lead_id,) = accept(folder, captured(now(), "ada", raw=raw))
    before = run("show", lead_id, "--json").stdout
    refused = run(*words_of(change, lead_id[-8:]))
    assert refused.exit_code == 2
    for said in (lead_id, "Ada Vance", "from generic", "--yes"):
        assert said in refused.stderr
    assert run("show", lead_id, "--json").stdout == before
    assert run(*words_of(change, lead_id[-8:]), "--yes").exit_code == 0
    assert run("show", lead_id, "--json").stdout != before


@pytest.mark.parametrize(("answer", "code", "held"), [("n", 1, 0), ("y", 0, 1)])
def test_at_a_terminal_the_lead_is_named_and_the_change_is_asked_for(
    folder: Path, run: Run, answer: str, code: int, held: int
) -> None:
    (lead_id,) = accept(folder, captured(now(), "ada"))
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    words = [sys.executable, "-m", "leadline.entrypoints.cli", "hold", lead_id[-8:]]
    asked = subprocess.run(words, stdin=theirs, capture_output=True, text=True, timeout=60)
    os.close(ours)
    os.close(theirs)
    assert asked.returncode == code
    assert lead_id in asked.stderr
    assert "Put it on hold? [y/N]" in asked.stderr
    assert len(json.loads(run("leads", "--status", "held", "--json").stdout)) == held
