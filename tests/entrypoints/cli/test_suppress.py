"""`leadline suppress`, and that nobody leaves the list by a restore."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from leadline.stores.key_file import key_path
from leadline.stores.sqlite.store import SqliteStore
from tests.entrypoints.cli.test_erase import accept, done, run
from tests.worlds.leads import HandClock

ADA = {"name": "Ada Vance", "email": "ada@example.com", "phone": "+1 415 555 0101"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    return tmp_path


def test_who_is_put_on_the_list_is_found_and_named_nowhere(folder: Path) -> None:
    told = done("suppress", "add", "--email", "Ada@example.com", "--phone", "+14155550101",
                "--reason", "asked by letter", "--json")  # fmt: skip
    assert json.loads(told) == {"added": 2, "known": 0}
    assert done("suppress", "add", "--email", "ada@example.com") == "1 known\n"
    assert "asked by letter" in done("suppress", "check", "--phone", "+1 415 555 0101")
    listed = json.loads(done("suppress", "list", "--json"))
    assert {(one["by"], one["count"]) for one in listed} == {("email", 1), ("phone", 1)}
    words = b"".join(one.read_bytes() for one in (folder / "data").rglob("*") if one.is_file())
    assert b"ada@example.com" not in words.lower()
    assert b"4155550101" not in words
    assert run("suppress", "check", "--email", "bo@example.com").exit_code == 1
    assert done("suppress", "remove", "--email", "ada@example.com") == "1 removed\n"
    assert run("suppress", "remove", "--email", "ada@example.com").exit_code == 1
    assert run("suppress", "check", "--email", "ada@example.com").exit_code == 1


@pytest.mark.parametrize("words", [["--email", "ada"], ["--phone", "12"], ["--domain", "com"], []])
def test_what_is_no_address_number_or_domain_is_refused(words: list[str]) -> None:
    assert run("suppress", "add", *words).exit_code != 0
    assert json.loads(done("suppress", "list", "--json")) == []


def test_a_table_with_named_columns_is_read_by_these_alone(folder: Path) -> None:
    rows = (
        "Name;E-Mail;Website;Phone", "Ada;ada@example.com;ada.example.org;", ";;;+14155550101",
        "Nobody;;;",
    )  # fmt: skip
    (folder / "list.csv").write_text("\n".join(rows))
    result = run("suppress", "import", "list.csv", "--reason", "old tool")
    assert result.exit_code == 1
    assert "2 added, 1 left out" in result.stdout
    assert "rows: 4" in result.stderr
    assert run("suppress", "check", "--domain", "ada.example.org").exit_code == 1
    assert "old tool" in done("suppress", "check", "--email", "ada@example.com")


def test_a_table_without_a_header_is_read_by_what_its_cells_are(folder: Path) -> None:
    (folder / "list.csv").write_text("ada@example.com\n@example.net\n+1 415 555 0101\n\n")
    assert "3 added" in done("suppress", "import", "list.csv")
    assert "by domain" in done("suppress", "check", "--email", "x@mail.example.net")


def test_the_show_command_says_who_is_not_to_be_contacted(folder: Path, clock: HandClock) -> None:
    done("suppress", "add", "--domain", "example.com", "--reason", "court order")
    (lead_id,) = accept_by_worker(folder, clock)
    told = done("show", lead_id)
    assert "consent to phone: no (suppression list: court order" in told
    assert "contact.suppressed" in told


def accept_by_worker(folder: Path, clock: HandClock) -> list[str]:
    """A lead, refined as the server does it."""
    import msgspec

    from leadline import wiring
    from leadline.journey.refinement.refining import refine_due
    from leadline.settings.loading import load
    from tests.worlds.leads import captured

    with closing(SqliteStore(folder / "data", clock=clock)) as store:
        lead = captured(clock, "ada", raw=json.dumps(ADA).encode())
        store.accept([lead])
        clock.advance(minutes=20)
    kit = wiring.embedded(load().settings)
    assert isinstance(kit.store, SqliteStore)
    with closing(kit.store):
        refine_due(msgspec.structs.replace(kit, clock=clock))
    return [lead.id]


def test_a_lost_key_is_said_and_not_made_anew(folder: Path) -> None:
    done("suppress", "add", "--email", "ada@example.com")
    key_path(folder / "data").unlink()
    result = run("suppress", "check", "--email", "ada@example.com")
    assert "the suppression list was written with a privacy key that is missing" in str(
        result.exception
    )
    assert not key_path(folder / "data").exists()


def test_another_key_is_said_and_never_taken_for_an_empty_list(
    folder: Path, clock: HandClock
) -> None:
    done("suppress", "add", "--email", "ada@example.com")
    key_path(folder / "data").write_text("another-key-of-somebody")
    for words in ("add", "check", "remove"):
        result = run("suppress", words, "--email", "ada@example.com")
        assert "was written with the privacy key" in str(result.exception), words
    (lead_id,) = accept_by_worker(folder, clock)
    assert "contact.list_unread" in done("show", lead_id)


def test_a_table_is_read_whatever_parts_its_columns(folder: Path) -> None:
    for part in (",", ";", "\t"):
        (folder / "list.csv").write_text(f"email{part}phone\n=1+1{part}+14155550101\n")
        run("suppress", "import", "list.csv")
        assert run("suppress", "check", "--phone", "+14155550101").exit_code == 0, part
        done("suppress", "remove", "--phone", "+14155550101")


def test_who_was_added_since_a_backup_is_on_the_list_after_a_restore(
    folder: Path, clock: HandClock
) -> None:
    accept(folder, clock, ADA)
    done("suppress", "add", "--email", "bo@example.com")
    done("backup", "copy")
    done("suppress", "add", "--email", "ada@example.com")
    done("restore", "copy", "--replace")
    for who in ("ada", "bo"):
        assert run("suppress", "check", "--email", f"{who}@example.com").exit_code == 0, who
