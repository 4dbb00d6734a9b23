"""An import beside a server that is at work: nobody is told of leads that were told long ago."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from leadline.journey.receiving.capture import CaptureKit, read
from leadline.model.formats import key_of, raw_document
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.ids import uuid7
from leadline.model.lead import Delivery, Kind
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.staff.people import Person
from leadline.model.task import Step
from leadline.operations.repair.archive import read_raw
from leadline.settings.connected.sources import SourceConfig
from leadline.stores.sqlite.store import SqliteStore
from leadline.vendors.generic.webhook import Generic
from tests.acceptance.installation import Installation
from tests.worlds.leads import HandClock, captured, refined_in


def test_a_lead_whose_refined_document_is_to_come_is_left_alone_by_workers(tmp_path: Path) -> None:
    """Here it never comes: the lead is refined anew, but only when the import was given time to be
    repeated. A raw one alone is due at once."""
    clock = HandClock(datetime(2026, 3, 2, tzinfo=UTC))
    ours, bare = captured(clock, "ada"), captured(clock, "bare")
    for lead in (ours, bare):
        write(
            tmp_path, key_of("raw", lead.id, clock.now), raw_document(lead.id, clock.now, lead.raw)
        )
    write(tmp_path, key_of("refined", ours.id, clock.now), b"{")
    with Installation(tmp_path / "home") as installation:
        taken = installation.command("import", str(tmp_path / "archive"), "--json")
        assert taken.returncode == 1
        told = {"new": 2, "known": 0, "refined": 0, "handled": 0, "damaged": 1}
        assert json.loads(taken.stdout) == told
        due = {lead.id: due_at(installation, lead.id) for lead in (ours, bare)}
    now = datetime.now(UTC)
    assert due[bare.id] == clock.now
    assert now + timedelta(hours=23) < due[ours.id] < now + timedelta(hours=25)


def write(folder: Path, key: str, document: bytes) -> None:
    path = folder / "archive" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(document)


def due_at(installation: Installation, lead_id: str) -> datetime:
    (task,) = json.loads(installation.command("show", lead_id, "--json").stdout)["tasks"]
    return datetime.fromisoformat(task["due_at"])


def test_who_handles_a_lead_goes_out_and_comes_in_with_it(tmp_path: Path) -> None:
    clock = HandClock(datetime(2026, 3, 2, tzinfo=UTC))
    old, new = (Installation(tmp_path / name) for name in ("old", "new"))
    store = SqliteStore(old.data, clock=clock)
    ada, bob = (refined_in(store, clock, name) for name in ("ada", "bob"))
    refined_in(store, clock, "nobody's")
    owner = Person(name="Ada Vance", email="ada@example.com", slack="U01ADA")
    held = Handling(
        owner=owner, claimed_at=clock.now, written={"Score": 5},
        reply_url="https://hooks.example.com/secret", reply_until=clock.now,
    )  # fmt: skip
    assert store.handle(ada.id, UNHANDLED, Handling(level=1))
    assert store.handle(ada.id, Handling(rev=1), held)
    assert store.handle(bob.id, UNHANDLED, Handling(owner=owner, ending=Ending.LOST))
    store.close()
    archive = tmp_path / "archive"
    out = old.command("export", str(archive), "--json")
    assert json.loads(out.stdout) == {
        "target": str(archive), "raw": 3, "refined": 3, "handled": 2,
    }  # fmt: skip
    documents = [path.read_text() for path in archive.glob("handling/2026/03/02/*.json")]
    assert len(documents) == 2
    assert "secret" not in "".join(documents)
    (archive / "handling/2026/03/02/none.json").write_text('{"lead_id":"none","handling":{}}')
    taken = new.command("import", str(archive), "--json")
    assert json.loads(taken.stdout) == {
        "new": 3, "known": 0, "refined": 3, "handled": 2, "damaged": 1,
    }  # fmt: skip
    again = new.command("import", str(archive), "--json")
    assert json.loads(again.stdout)["handled"] == 0, "whoever handles it here goes on"
    store = SqliteStore(new.data)
    handlings = store.handling([ada.id, bob.id])
    assert handlings[ada.id] == msgspec.structs.replace(held, rev=1, reply_url="", reply_until=None)
    assert handlings[bob.id].ending is Ending.LOST
    assert list(store.work_list("U01ADA")) == [ada.id]
    store.close()


def test_what_could_not_be_read_goes_out_and_comes_in_with_its_bytes(tmp_path: Path) -> None:
    clock = HandClock(datetime(2026, 3, 2, tzinfo=UTC))
    old, new = (Installation(tmp_path / name) for name in ("old", "new"))
    store = SqliteStore(old.data, clock=clock)
    bodies = [b'{"email":"%s@example.com",}' % name for name in (b"ada", b"bob")]
    kit = CaptureKit({"generic": Generic(SourceConfig(secret=("s",)))}, timedelta())
    headers = {"authorization": "Bearer s", "content-type": "application/json"}
    lost = [read(Delivery("generic", body, clock.now, headers), kit)[0] for body in bodies]
    store.accept(lost)
    store.close()
    archive = str(tmp_path / "leads.tar.gz")
    assert old.command("export", archive).returncode == 0
    for made in (2, 0):
        taken = json.loads(new.command("import", archive, "--json").stdout)
        assert (taken["new"], taken["known"]) == (made, 2 - made)
    store = SqliteStore(new.data)
    kept = store.archived([lead.id for lead in lost])
    assert [kept[lead.id].body for lead in lost] == bodies
    assert {one.kind for one in kept.values()} == {Kind.UNREADABLE}
    assert store.next_due(Step.REFINE) is None
    store.close()


def test_two_leads_with_the_same_words_come_in_as_two(tmp_path: Path) -> None:
    """As of somebody who came again the next day, through a form."""
    clock = HandClock(datetime(2026, 3, 2, tzinfo=UTC))
    first = captured(clock, "ada")
    clock.advance(days=1)
    again = captured(clock, "ada")
    for lead in (first, again):
        document = raw_document(lead.id, lead.captured_at, first.raw)
        write(tmp_path, key_of("raw", lead.id, lead.captured_at), document)
    with Installation(tmp_path / "home") as installation:
        for made in (2, 0):
            taken = json.loads(
                installation.command("import", str(tmp_path / "archive"), "--json").stdout
            )
            assert (taken["new"], taken["known"]) == (made, 2 - made)


def test_leads_whose_words_were_erased_are_told_apart_by_their_ids() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    ours, other = uuid7(now), uuid7(now)
    keys = {read_raw(i, raw_document(i, now, ERASED_WORDS)).event_key for i in (ours, other)}
    assert len(keys) == 2


def test_an_archive_that_was_cut_short_is_refused_whole(tmp_path: Path) -> None:
    clock = HandClock(datetime(2026, 3, 2, tzinfo=UTC))
    old, new = (Installation(tmp_path / name) for name in ("old", "new"))
    store = SqliteStore(old.data, clock=clock)
    for name in ("ada", "bob", "cleo"):
        refined_in(store, clock, name)
    store.close()
    archive = tmp_path / "leads.tar.gz"
    assert old.command("export", str(archive)).returncode == 0
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) * 2 // 3])
    refused = new.command("import", str(archive), "--json")
    assert refused.returncode != 0
    assert "can't be read" in refused.stderr
    archive.write_bytes(whole)
    taken = new.command("import", str(archive), "--json")
    assert taken.returncode == 0
    assert json.loads(taken.stdout)["new"] == 3, "nothing of the cut one was taken in"
