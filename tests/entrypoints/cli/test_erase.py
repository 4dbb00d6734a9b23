"""`leadline erase` and `access`, and that nobody who was erased comes back with a copy."""

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from leadline import wiring
from leadline.entrypoints.cli import app
from leadline.installations.erased import erase_returned
from leadline.journey.refinement.refining import refine_due
from leadline.model.errors import ConfigurationError
from leadline.privacy.receipts import SignedReceipt
from leadline.settings.loading import load
from leadline.stores.key_file import key_path
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured

MARKS = (b"ada@example.com", b"Ada Vance", b"5550101", b"555 0101")
ADA = {"name": "Ada Vance", "email": "ada@example.com", "phone": "+1 415 555 0101"}
BOB = {"name": "Bob Ito", "email": "bob@example.com", "message": "I know Ada: ada@example.com"}
CY = {"name": "Cy Orr", "email": "cy@example.com"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADLINE_DATA", str(tmp_path / "data"))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def done(*words: str) -> str:
    result = run(*words)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def accept(folder: Path, clock: HandClock, *people: dict[str, Any]) -> list[str]:
    """These people's leads, refined."""
    ids = []
    with closing(SqliteStore(folder / "data", clock=clock)) as store:
        for number, one in enumerate(people):
            clock.advance(minutes=20)
            lead = captured(clock, f"{clock.now} {number}", raw=json.dumps(one).encode())
            store.accept([lead])
            ids.append(lead.id)
        clock.advance(minutes=20)
        settings = load().settings
        kit = wiring.kit_of(settings, store, {}, clock)
        while refine_due(kit):
            pass
    return ids


def marks_in(*folders: Path) -> set[str]:
    """Where the person still is, by the bytes of all files."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {
        f"{path.name}: {mark!r}" for path in files for mark in MARKS if mark in path.read_bytes()
    }


def erase(*more: str) -> Result:
    return run("erase", "--email", "ada@example.com", "--yes", *more)


def test_a_dry_run_lists_who_would_be_erased_and_erases_nothing(
    folder: Path, clock: HandClock
) -> None:
    ada, bob, _ = accept(folder, clock, ADA, BOB, CY)
    listed = json.loads(done("erase", "--email", "Ada@Example.com", "--dry-run", "--json"))
    assert {one["lead_id"]: "contact" in one["places"] for one in listed} == {
        ada: True, bob: False,
    }  # fmt: skip
    assert "only mentions the person" in done("erase", "--email", "ada@example.com", "--dry-run")
    assert marks_in(folder / "data")
    assert not key_path(folder / "data").exists()
    assert not (folder / "data" / "erasures.jsonl").exists()


def test_nothing_of_the_person_is_left_in_any_file_and_others_stay(
    folder: Path, clock: HandClock
) -> None:
    accept(folder, clock, ADA, BOB, CY)
    assert marks_in(folder / "data")
    text = erase().stdout
    assert "2 leads with 2 events erased" in text
    assert "not reached: backups" in text
    assert marks_in(folder) == set()
    assert "Cy Orr" in done("leads")
    assert run("verify").exit_code == 0
    again = erase()
    assert "erased before, and nothing came since" in again.stderr
    assert len((folder / "data" / "erasures.jsonl").read_bytes().splitlines()) == 1


def test_it_is_asked_and_legible_what_is_refused(folder: Path, clock: HandClock) -> None:
    (ada,) = accept(folder, clock, ADA)
    (folder / "leadline.toml").write_text('[people.eve]\nemail = "eve@example.com"\n')
    assert run("erase", "--email", "ada@example.com").exit_code == 2
    for words, told in (
        (("--email", "eve@example.com"), "is in [people]"),
        (("--email", "nobody"), "no e-mail address"),
        (("--phone", "12"), "no phone number"),
        ((), "name the person by"),
        (("--lead", ada, "--email", "a@example.com"), "name the person by"),
        (("--email", "a@example.com", "--cluster"), "--cluster needs --lead"),
    ):
        result = run("erase", *words, "--yes")
        assert told in str(result.exception), result.output
    assert marks_in(folder / "data")


def test_a_lead_is_erased_alone_or_with_all_of_its_person(folder: Path, clock: HandClock) -> None:
    first, second = accept(folder, clock, ADA, ADA)
    told = run("erase", "--lead", first, "--dry-run")
    assert f"other leads of the same person: {second}" in told.stderr
    assert first in told.stdout
    assert second not in told.stdout
    done("erase", "--lead", first, "--cluster", "--yes")
    assert marks_in(folder) == set()


def test_nothing_is_called_left_that_was_erased_by_the_same_command(
    folder: Path, clock: HandClock
) -> None:
    accept(folder, clock, ADA, ADA)
    result = erase()
    assert "of the same person" not in result.stdout
    assert "privacy." not in result.stderr


def test_a_lead_can_be_left_out(folder: Path, clock: HandClock) -> None:
    _, bob = accept(folder, clock, ADA, BOB)
    receipt = json.loads(erase("--spare", bob, "--json").stdout)["receipt"]
    assert receipt["spared"] == [bob]
    assert "Bob Ito" in done("leads")


def test_a_restored_backup_brings_nobody_back(folder: Path, clock: HandClock) -> None:
    accept(folder, clock, ADA, CY)
    done("backup", str(folder / "backup"))
    assert marks_in(folder / "backup")
    assert erase().exit_code == 0
    key = key_path(folder / "data").read_bytes().strip()
    assert key not in b"".join(p.read_bytes() for p in (folder / "backup").iterdir())
    restored = run("restore", str(folder / "backup"), "--replace")
    assert restored.exit_code == 0, restored.exception
    assert "1 leads of people who were erased since were erased again" in restored.stderr
    assert marks_in(folder / "data") == set()
    assert "Cy Orr" in done("leads")


def test_a_backup_in_a_new_folder_takes_the_erasures_along(folder: Path, clock: HandClock) -> None:
    accept(folder, clock, ADA)
    done("backup", str(folder / "backup"))
    assert erase().exit_code == 0
    kept = folder / "kept.jsonl"
    shutil.copy(folder / "data" / "erasures.jsonl", kept)
    there = str(folder / "new")
    command = ("--data", there, "restore", str(folder / "backup"), "--erasures", str(kept))
    refused = run(*command)
    assert isinstance(refused.exception, ConfigurationError)
    assert "privacy key" in str(refused.exception)
    with pytest.raises(ConfigurationError, match="privacy key"):
        erase_returned(load({"data": folder / "new"}).settings)
    key = key_path(folder / "new")
    key.parent.mkdir(exist_ok=True)
    shutil.copy(key_path(folder / "data"), key)
    assert erase_returned(load({"data": folder / "new"}).settings) == 1
    assert marks_in(folder / "new") == set()


def test_a_copy_of_the_data_file_put_back_by_hand_is_cleaned_before_it_is_served(
    folder: Path, clock: HandClock
) -> None:
    accept(folder, clock, ADA, CY)
    old = (folder / "data" / "leadline.db").read_bytes()
    assert erase().exit_code == 0
    (folder / "data" / "leadline.db").write_bytes(old)
    assert erase_returned(load().settings) == 1
    assert marks_in(folder / "data") == set()
    assert erase_returned(load().settings) == 0


def test_an_import_leaves_out_who_was_erased(folder: Path, clock: HandClock) -> None:
    accept(folder, clock, ADA, CY)
    done("export", str(folder / "archive"))
    assert marks_in(folder / "archive")
    assert erase().exit_code == 0
    shutil.copytree(folder / "data", folder / "copy")
    shutil.copytree(key_path(folder / "data").parent, folder / "copy.keys")
    for path in (folder / "copy").glob("leadline.db*"):
        path.unlink()
    told = json.loads(
        done("--data", str(folder / "copy"), "import", str(folder / "archive"), "--json")
    )
    assert (told["new"], told["refined"], told["erased"]) == (1, 1, 1)
    assert marks_in(folder / "copy") == set()
    assert "Cy Orr" in done("--data", str(folder / "copy"), "leads")


def test_a_receipt_is_signed_and_a_changed_one_is_noticed(folder: Path, clock: HandClock) -> None:
    accept(folder, clock, ADA)
    path = folder / "receipt.json"
    assert erase("--receipt", str(path)).exit_code == 0
    assert not any(mark in path.read_bytes() for mark in MARKS)
    assert "genuine" in done("erase", "verify", str(path))
    one = msgspec.json.decode(path.read_bytes(), type=SignedReceipt)
    changed = msgspec.structs.replace(one.receipt, not_reached=())
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(one, receipt=changed)))
    refused = run("erase", "verify", str(path))
    assert refused.exit_code == 1
    assert "was changed" in refused.stderr
    assert erase("--receipt", str(path)).exception is not None


def test_a_lost_key_is_named_before_anything_is_erased(folder: Path, clock: HandClock) -> None:
    accept(folder, clock, ADA)
    assert erase().exit_code == 0
    accept(folder, clock, ADA)
    key_path(folder / "data").unlink()
    assert "privacy key that is missing" in str(erase().exception)
    assert marks_in(folder / "data")


def test_with_another_key_nothing_is_erased_because_nobody_could_apply_both_again(
    folder: Path, clock: HandClock
) -> None:
    accept(folder, clock, ADA)
    assert erase().exit_code == 0
    accept(folder, clock, ADA)
    key_path(folder / "data").write_text("another-key-of-somebody")
    assert "erasures were made with the privacy key" in str(erase().exception)
    assert marks_in(folder / "data")
    assert len((folder / "data" / "erasures.jsonl").read_bytes().splitlines()) == 1


def test_access_gives_all_that_is_held_with_source_purpose_and_recipients(
    folder: Path, clock: HandClock
) -> None:
    ada, _, bob, _ = accept(folder, clock, ADA, {**ADA, "phone": ""}, BOB, CY)
    told = json.loads(done("access", "--email", "ada@example.com", "--json"))
    held = told["leads"]
    assert told["suppression_list"] == []
    assert [one["is_own"] for one in held] == [True, True, False]
    assert [held[0]["lead_id"], held[2]["lead_id"]] == [ada, bob]
    for item in (item for one in held for item in one["items"]):
        assert item["source"], item
        assert item["purpose"], item
        assert item["recipients"], item
    first = {item["what"]: item for item in held[0]["items"]}
    assert first["sent"]["value"]["json"] == ADA
    assert first["refined"]["value"]["contact"]["phone_e164"] == "+14155550101"
    filled = [item for item in held[1]["items"] if item["what"] == "filled"]
    assert {item["source"] for item in filled} == {f"lead {ada} of the same person"}
    text = done("access", "--phone", "+1 415 555 0101")
    assert "json.email: ada@example.com" in text
    assert "Cy Orr" not in text
    assert run("access", "--email", "nobody@example.com").exit_code == 1


def test_access_shows_each_value_by_itself_and_none_as_python_writes_it(
    folder: Path, clock: HandClock
) -> None:
    accept(folder, clock, ADA)
    text = done("access", "--email", "ada@example.com")
    assert "changes[1].rule: " in text
    assert "problems" not in text  # there are none
    assert not any(mark in text for mark in ("()", "({", "{'"))


def test_access_tells_who_is_on_the_suppression_list_also_without_a_lead(
    folder: Path, clock: HandClock
) -> None:
    accept(folder, clock, CY)
    done("suppress", "add", "--email", "ada@example.com", "--reason", "asked by letter")
    told = json.loads(done("access", "--email", "Ada@example.com", "--json"))
    assert told["leads"] == []
    assert [(one["by"], one["reason"]) for one in told["suppression_list"]] == [
        ("email", "asked by letter")
    ]
    assert "on the suppression list by email since" in done("access", "--email", "ada@example.com")
    assert "suppression" not in done("access", "--email", "cy@example.com")


def test_access_says_if_the_suppression_list_cannot_be_read_and_shows_the_rest(
    folder: Path, clock: HandClock
) -> None:
    accept(folder, clock, ADA)
    done("suppress", "add", "--email", "ada@example.com")
    shutil.rmtree(key_path(folder / "data").parent)
    result = run("access", "--email", "ada@example.com")
    assert result.exit_code == 0
    assert "contact.name: Ada Vance" in result.stdout
    assert "whether they are on the suppression list cannot be told" in result.stderr
