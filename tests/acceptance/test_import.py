"""An import beside a server that is at work: nobody is told of leads that were told long ago."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leadline.formats import key_of, raw_document
from tests.acceptance.installation import Installation
from tests.worlds import HandClock, captured


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
    with Installation(tmp_path / "home") as made:
        taken = made.command("import", str(tmp_path / "archive"), "--json")
        assert taken.returncode == 1
        assert json.loads(taken.stdout) == {"new": 2, "known": 0, "refined": 0, "damaged": 1}
        due = {lead.id: due_at(made, lead.id) for lead in (ours, bare)}
    now = datetime.now(UTC)
    assert due[bare.id] == clock.now
    assert now + timedelta(hours=23) < due[ours.id] < now + timedelta(hours=25)


def write(folder: Path, key: str, document: bytes) -> None:
    path = folder / "archive" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(document)


def due_at(made: Installation, lead_id: str) -> datetime:
    (task,) = json.loads(made.command("show", lead_id, "--json").stdout)["tasks"]
    return datetime.fromisoformat(task["due_at"])
