"""What commands leave in the audit log, and `leadline audit`."""

import json
import os
import pwd
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from leadline.entrypoints.cli import app
from leadline.entrypoints.cli._audited import TRACES, Trace
from leadline.model.personal_data.privacy import AuditEntry
from leadline.stores.audit_file import AuditFile
from leadline.stores.erasure_file import AUDIT
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured, refined_in

GROUP: Any = typer.main.get_command(app)


def every_command(command: Any = GROUP, words: str = "") -> Iterator[str]:
    """The words of all commands, and of groups that do something without a subcommand."""
    inner = getattr(command, "commands", None)
    if words and (inner is None or command.callback is not None):
        yield words
    for name, one in (inner or {}).items():
        yield from every_command(one, f"{words} {name}".strip())


def test_every_command_is_declared_as_audited_or_as_harmless() -> None:
    found = set(every_command())
    groups = {"config", "deliver", "deploy", "destroy", "duplicates", "package", "rules", "score"}
    assert found | groups == set(TRACES)


def test_groups_that_act_by_themselves_are_harmless_or_note_it_themselves() -> None:
    acting = {
        name for name, one in GROUP.commands.items()
        if hasattr(one, "commands") and one.callback is not None
    }  # fmt: skip
    assert {name for name in acting if TRACES[name] is not Trace.HARMLESS} == {"erase"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("SUDO_USER", raising=False)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def lead_in(folder: Path, name: str = "ada") -> str:
    with closing(SqliteStore(folder / "data")) as store:
        one = captured(HandClock(datetime.now(UTC)), name)
        store.accept([one])
    return one.id


def refined_lead_in(folder: Path, name: str = "ada") -> str:
    clock = HandClock(datetime.now(UTC))
    with closing(SqliteStore(folder / "data", clock=clock)) as store:
        return refined_in(store, clock, name).id


def noted(folder: Path) -> list[tuple[str, str, str]]:
    entries = [one.entry for one in AuditFile(folder / "data").entries()]
    return [(one.action, one.subject, one.detail) for one in entries]


def test_a_look_at_a_lead_is_noted_with_its_whole_id(folder: Path) -> None:
    lead_id = lead_in(folder)
    assert run("show", lead_id[-8:]).exit_code == 0
    assert noted(folder) == [("cli.show", lead_id, "")]
    (entry,) = [one.entry for one in AuditFile(folder / "data").entries()]
    assert entry.actor == f"command:{pwd.getpwuid(os.getuid()).pw_name}"


def test_who_became_another_user_is_named_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "grace")
    run("show", lead_in(folder))
    (entry,) = [one.entry for one in AuditFile(folder / "data").entries()]
    assert entry.actor.endswith(" (sudo grace)")


def test_dead_letters_are_noted_as_their_errors_may_quote_what_was_sent(folder: Path) -> None:
    lead_in(folder)
    assert run("dead").exit_code == 0
    assert noted(folder) == [("cli.dead", "", "")]


def test_a_list_is_noted_without_what_was_sought(folder: Path) -> None:
    lead_in(folder)
    assert run("leads", "--search", "ada@example.com", "--json").exit_code == 0
    assert noted(folder) == [("cli.leads", "", "json search")]
    assert "ada" not in (folder / "data" / AUDIT).read_text()


def test_a_change_is_noted_for_each_lead(folder: Path) -> None:
    one, two = lead_in(folder, "ada"), lead_in(folder, "ben")
    assert run("hold", one, "--yes").exit_code == 0
    assert run("replay", one, two, "--dry-run").exit_code == 0
    assert noted(folder) == [
        ("cli.hold", one, "yes"),
        ("cli.replay", one, "dry_run"),
        ("cli.replay", two, "dry_run"),
    ]


def test_an_erasure_notes_the_command_and_what_it_did(folder: Path) -> None:
    lead_id = refined_lead_in(folder)
    assert run("erase", "--email", "ada@example.com", "--yes").exit_code == 0
    assert noted(folder) == [
        ("cli.erase", "", "email yes"),
        ("lead.erased", lead_id, ""),
        ("person.erased", "", "1 leads"),
    ]


def test_who_is_away_is_noted_by_their_name_in_people(folder: Path) -> None:
    lead_in(folder)
    (folder / "leadline.toml").write_text('[people.grace]\nslack = "U012"\n')
    run("people", "away", "grace")
    run("people", "away", "ada lovelace")
    assert noted(folder) == [("cli.people.away", "grace", ""), ("cli.people.away", "", "")]


def test_who_gets_a_lead_is_noted_by_their_name_in_people(folder: Path) -> None:
    lead_id = refined_lead_in(folder)
    (folder / "leadline.toml").write_text('[people.grace]\nslack = "U012"\n')
    assert run("assign", lead_id, "grace", "--yes").exit_code == 0
    run("reassign", "--from", "ada@example.com", "--to", "grace", "--dry-run")
    assert noted(folder) == [
        ("cli.assign", lead_id, "person grace yes"),
        ("cli.reassign", "", "dry_run to grace"),
    ]


def test_a_restore_takes_nothing_out_of_the_log_and_a_new_folder_gets_that_of_the_backup(
    folder: Path,
) -> None:
    lead_id = lead_in(folder)
    run("hold", lead_id, "--yes")
    assert run("backup", "copy").exit_code == 0
    run("release", lead_id)
    before = (folder / "data" / AUDIT).read_bytes()
    assert run("restore", "copy", "--replace").exit_code == 0
    assert (folder / "data" / AUDIT).read_bytes().startswith(before)
    assert run("--data", "other", "restore", "copy").exit_code == 0
    actions = [one.entry.action for one in AuditFile(folder / "other").entries()]
    assert actions == ["cli.hold", "cli.backup", "cli.restore"]
    assert run("--data", "other", "audit", "verify").exit_code == 0


def test_nothing_is_noted_where_nothing_happened(folder: Path) -> None:
    run("leads")
    assert not (folder / "data").exists()
    lead_in(folder)
    assert run("show", "0123456789").exit_code == 1
    for words in (["status"], ["doctor"], ["audit"], ["show", "--help"], ["people"]):
        run(*words)
    assert noted(folder) == []


def test_an_import_into_a_new_folder_is_noted(folder: Path) -> None:
    lead_in(folder)
    run("export", "archive")
    assert run("--data", "other", "import", "archive").exit_code == 0
    (entry,) = [one.entry for one in AuditFile(folder / "other").entries()]
    assert entry.action == "cli.import"


def test_nothing_is_shown_if_it_cannot_be_noted(folder: Path) -> None:
    lead_id = lead_in(folder)
    (folder / "data" / AUDIT).mkdir()
    shown = run("show", lead_id)
    assert shown.exit_code == 1
    assert "ada" not in shown.output
    assert run("show", lead_id, "--masked").exit_code == 0


def test_a_masked_look_names_nobody_and_is_not_noted(folder: Path) -> None:
    lead_id = refined_lead_in(folder)
    for words in (
        ["leads"], ["leads", "--csv"], ["leads", "--json"], ["show", lead_id],
        ["show", lead_id, "--json"], ["tail", "--no-follow"], ["export", "archive"],
    ):  # fmt: skip
        shown = run(*words, "--masked")
        assert shown.exit_code == 0
        assert "ada@" not in shown.output
        assert "ada" not in shown.output.lower()
    assert noted(folder) == []


def test_the_setting_masks_unless_the_command_says_otherwise(folder: Path) -> None:
    lead_id = lead_in(folder)
    (folder / "leadline.toml").write_text('mask = "yes"\n')
    assert "ada@example.com" not in run("show", lead_id).output
    assert "a•••@example.com" in run("show", lead_id).output
    assert noted(folder) == []
    assert "ada@example.com" in run("show", lead_id, "--unmasked").output
    assert noted(folder) == [("cli.show", lead_id, "")]
    refused = run("show", lead_id, "--body")
    assert refused.exit_code == 1
    assert "ada" not in refused.output


def test_a_masked_export_names_nobody_and_cannot_be_imported(folder: Path) -> None:
    lead_id = refined_lead_in(folder)
    assert run("export", "archive", "--masked").exit_code == 0
    files = [one for one in (folder / "archive").rglob("*") if one.is_file()]
    assert {one.relative_to(folder / "archive").parts[0] for one in files} == {"masked"}
    assert any(lead_id in one.name for one in files)
    assert not [one for one in files if b"ada" in one.read_bytes()]
    told = run("--data", "other", "import", "archive", "--json")
    assert json.loads(told.stdout)["new"] == 0


def entry(number: int) -> AuditEntry:
    return AuditEntry(at=datetime(2026, 3, number, tzinfo=UTC), actor="x", action="lead.claim")


def test_the_log_is_listed_and_checked(folder: Path) -> None:
    log = AuditFile(folder / "data")
    log.append([entry(1), entry(2)])
    assert "lead.claim" in run("audit").output
    (listed,) = json.loads(run("audit", "--since", "2026-03-02", "--json").stdout)
    assert (listed["n"], listed["action"], listed["detail"]) == (2, "lead.claim", "")
    whole = run("audit", "verify")
    assert whole.exit_code == 0
    assert "2 entries: the log is whole" in whole.output
    head = run("audit", "head").stdout.strip()
    assert head == f"2:{listed['hash']}"
    assert run("audit", "verify", "--head", head).exit_code == 0


def test_a_changed_entry_and_a_cut_end_are_told(folder: Path) -> None:
    log = AuditFile(folder / "data")
    log.append([entry(1), entry(2)])
    head = run("audit", "head").stdout.strip()
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(lines[0])
    assert run("audit", "verify").exit_code == 0
    cut = run("audit", "verify", "--head", head)
    assert cut.exit_code == 1
    assert "the end was cut: entry 2" in cut.output
    log.path.write_bytes(lines[0].replace(b"lead.claim", b"lead.snooze") + lines[1])
    changed = run("audit", "verify", "--json")
    assert changed.exit_code == 1
    assert not json.loads(changed.stdout)["is_whole"]


def test_the_log_is_exported_as_lines_of_json(folder: Path) -> None:
    AuditFile(folder / "data").append([entry(1), entry(2)])
    assert run("audit", "export", "out.jsonl", "--since", "2026-03-02").exit_code == 0
    (line,) = (folder / "out.jsonl").read_text().splitlines()
    assert json.loads(line)["n"] == 2
    assert run("audit", "export").stdout.splitlines()[1] == line
