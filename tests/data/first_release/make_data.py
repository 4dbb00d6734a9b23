"""Makes the data of this folder, by the code of commit 173241e and with its tests at hand.

    git worktree add ../old 173241e
    cd ../old && make setup
    .venv/bin/python PATH/TO/make_data.py PATH/TO/THIS/FOLDER

It runs with no later version: modules have other names since.
"""

# mypy: ignore-errors

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

import msgspec
from leadline.adapters.aws.calls import Caller
from leadline.adapters.sqlite import SqliteStore
from leadline.adapters.sqlite.move_notes import Mark, MoveJournal, set_mark
from leadline.adapters.sqlite.moving import SqliteHome
from leadline.capture import CaptureKit, capture, key_digest, read
from leadline.deliver.sending import deliver_due
from leadline.entrypoints.samples import samples
from leadline.errors import LeadlineError
from leadline.handling import UNHANDLED, Ending, Handling
from leadline.lead import Delivery, Kind, Later, Ownership, Person, Step, Task
from leadline.moving import Home, family_digest
from leadline.outcome import Drop, Retry
from leadline.pipeline import refine_due
from leadline.routing import Routes
from leadline.waits import HELD_UNTIL, move_wait
from tests.aws_world import Rooms, moto_server

from leadline import ids, wiring
from leadline.kit import Kit
from leadline.ports import Refused, Unreachable
from leadline.settings import Settings
from tests.channels import Scripted, slack_channel
from tests.worlds import LEASE, HandClock, captured, claim, settle

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DEAD_WORKER = 5_000_000  # no process has this number: Linux counts to 4,194,304
ANN = Person(id="crm-1", name="Ann Archer", email="ann@example.com", slack="U01ANN")
BOB = Person(name="Bob Moss", slack="U02BOB")
LATE = timedelta(days=3650)


class Filling:
    """Leads put into a store, and brought to where they are to stand."""

    def __init__(self, store, clock):
        ids._fast.seed(1)
        self.store, self.clock = store, clock
        self.slack = Scripted()
        self.kit = Kit(
            store=store,
            sources=wiring.sources(Settings()),
            channels={"slack": slack_channel(self.slack)},
            clock=clock,
            chance=lambda: 0.5,
            routes=Routes(usual=("slack",)),
        )
        self.ids = {}

    def come(self, name, **more):
        lead = self.delivered(name, **more)
        self.store.accept([lead])
        self.ids[name] = lead.id
        self.clock.advance(seconds=1)
        return lead.id

    def delivered(self, name, **more):
        """As a delivery is captured that says `Idempotency-Key: NAME`."""
        key = key_digest("event", "generic", name.encode())
        lead = captured(self.clock, name.replace(" ", "."), **more)
        return msgspec.structs.replace(lead, event_key=key)

    def refined(self, name, **more):
        lead_id = self.come(name, **more)
        self.clock.advance(minutes=10)
        assert refine_due(self.kit) == 1
        return lead_id

    def tried(self, name, reply=None, **more):
        lead_id = self.refined(name, **more)
        self.slack.replies = [reply] if reply else []
        tries = self.slack.tries
        assert deliver_due(self.kit, "slack") == timedelta()
        assert self.slack.tries == tries + 1
        self.clock.advance(seconds=1)
        return lead_id

    def form(self, name, body):
        headers = {"content-type": "application/x-www-form-urlencoded"}
        kit = CaptureKit(self.kit.sources, timedelta(minutes=10))
        answer = capture(Delivery("form", body, self.clock.now, headers), kit, self.store)
        self.ids[name] = json.loads(answer.body)["lead_id"]
        self.clock.advance(minutes=10)
        assert refine_due(self.kit) == 1


def fill(store, clock):
    """Put a lead at every place where one may be; the ids by what they are."""
    all_ = Filling(store, clock)
    told = all_.tried("told", record="r-told")
    all_.tried("seen again", raw=b'{"name":"Told","email":"told@example.com","n":2}')
    all_.tried("untellable", Refused("no_service", "no_service"))
    _handled(all_)
    all_.tried("told in vain", Unreachable("slack.http_503"))
    all_.refined("spam", raw=b'{"name":"Spam","email":"spam@example.com","test":true}')
    all_.refined("dead", raw=b'{"nothing":"that makes a lead"}')
    for step, channel in ((Step.LOOK_UP, ""), (Step.WRITE_BACK, "generic")):
        store.put([Task(step, told, channel)], clock.now)
        assert settle(store, claim(store, step, channel), Drop(f"{step}.gave_up", "busy"))
    all_.come("ignored", kind=Kind.IGNORED, why="deleted")
    all_.come("stranger", kind=Kind.UPDATED, record="r-unknown")
    all_.refined("being told")
    again, held = sorted(store.claim(Step.NOTIFY, 9, LEASE, "slack"), key=lambda c: c.due_at)
    assert held.task.lead_id == all_.ids["being told"]
    assert settle(store, again, Retry(timedelta(hours=1), why="slack.http_503"))
    _untold(all_)
    all_.come("late update", kind=Kind.UPDATED, record="r-told")
    all_.come("leased", delay=timedelta())
    assert claim(store, Step.REFINE).task.lead_id == all_.ids["leased"]
    all_.come("held")
    assert move_wait(store, all_.ids["held"], HELD_UNTIL, "held cli", clock.now)
    all_.come("waiting", record="r-waiting")
    store.accept([all_.delivered("waiting", record="r-waiting")])
    all_.come("folded", kind=Kind.UPDATED, record="r-waiting")
    return all_.ids


def _handled(all_):
    store, clock = all_.store, all_.clock
    claimed, snoozed, won = (all_.tried(name) for name in ("claimed", "snoozed", "won"))
    first = Handling(owner=ANN, ownership=Ownership.ASSIGNED, level=1)
    assert store.handle(claimed, UNHANDLED, first, note="owner.found", detail="Ann Archer")
    second = Handling(
        rev=1, owner=ANN, ownership=Ownership.ASSIGNED, claimed_by=BOB, claimed_at=clock.now,
        touched_at=clock.now, level=1, written={"Score": 7.5, "Näme": "Ünal"},
        crm_modified=clock.now,
    )  # fmt: skip
    before = Handling(rev=1, owner=ANN, ownership=Ownership.ASSIGNED, level=1)
    assert store.handle(claimed, before, second, note="claimed")
    asleep = Handling(owner=BOB, snoozed_until=clock.now + LATE, level=1)
    then = (Later(Task(Step.REMIND, snoozed, "slack"), LATE),)
    assert store.handle(snoozed, UNHANDLED, asleep, then, note="snoozed")
    ended = Handling(owner=BOB, ending=Ending.WON, ended_at=clock.now, ended_by=BOB)
    assert store.handle(won, UNHANDLED, ended, note="ended", detail="won")


def _untold(all_):
    owned = {"name": "Owned", "email": "owned@example.com", "owner": "mallory@example.com"}
    all_.refined("owned", raw=json.dumps(owned).encode())
    link = b"name=Linked&email=linked%40example.com&crm_url=https%3A%2F%2Fphish.example.com%2Fx"
    all_.form("linked", link)


def embedded(target):
    """The data folder, its backup and its export, as one tar."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data"
        clock = HandClock(START)
        store = SqliteStore(data, clock=clock)
        found = fill(store, clock)
        home = SqliteHome(store, clock.now - timedelta(days=7))
        journal = MoveJournal(data, "leads")
        families = {i: f for some in home.heads() for i, f in home.families(some).items()}
        journal.agree({i: family_digest(f) for i, f in families.items()})
        journal.close()
        store.close()
        command = [sys.executable, "-m", "leadline.entrypoints.cli", "--data", str(data)]
        for words in (
            ("backup", folder / "backup"), ("export", folder / "export"),
            ("export", folder / "export.tar.gz"),
        ):  # fmt: skip
            subprocess.run([*command, *map(str, words)], check=True, cwd=folder)
        mark = Mark("leads", "eu-west-1", "leads", Home.AWS, clock.now)
        set_mark(folder, mark)  # of a move that did not end
        (folder / "ids.json").write_text(json.dumps(found, indent=1))
        with tarfile.open(target, "w:gz") as tar:
            for part in ("ids.json", "moved.json", "data", "backup", "export", "export.tar.gz"):
                tar.add(folder / part, part, filter=_plain)


def _plain(member):
    if member.name.endswith((".lock", "-wal", "-shm")):
        return None
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o755 if member.isdir() else 0o644  # as the usual umask made them
    return member


def aws(target):
    """What is in the bucket, in the table and on its way through the queues."""
    sent = []
    call = Caller.json

    def recorded(self, service, what, body, version="1.0"):
        if what == "AmazonSQS.SendMessage":
            queue = re.sub(r".*/leads-[0-9a-f]+-", "", body["QueueUrl"])
            sent.append({"queue": queue, "body": body["MessageBody"]})
        return call(self, service, what, body, version)

    Caller.json = recorded
    with moto_server() as endpoint, closing(Rooms(endpoint)) as rooms:
        clock = HandClock(START)
        found = fill(rooms.store(clock), clock)
        name = rooms.table.name
        asked = {"TableName": name}
        items = json.loads(rooms.caller.json("dynamodb", "DynamoDB_20120810.Scan", asked))["Items"]
        listed = rooms.caller.call("s3", "GET", f"/{name}", query={"list-type": "2"}).body
        keys = re.findall(rb"<Key>([^<]+)</Key>", listed)
        objects = {k.decode(): _object(rooms, name, k.decode()) for k in keys}
    whole = {
        "ids": found,
        "objects": objects,
        "items": sorted(items, key=lambda i: (i["pk"]["S"], i["sk"]["S"])),
        "messages": sorted(sent, key=lambda m: (m["queue"], m["body"])),
    }
    text = json.dumps(whole, indent=1, ensure_ascii=False)
    assert name not in text
    target.write_text(text + "\n")


def _object(rooms, bucket, key):
    answer = rooms.caller.call("s3", "GET", f"/{bucket}/{key}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json", answer.headers
    return {"version": answer.headers["x-amz-version-id"], "body": answer.body.decode()}


FORM = "application/x-www-form-urlencoded"
CHANGES = {
    "ChangeEventHeader": {
        "entityName": "Lead", "recordIds": ["00Q1", "00Q2"], "changeType": "UPDATE",
        "transactionKey": "t-1", "sequenceNumber": 1,
    },
    "Status": "Working",
}  # fmt: skip
JSON = "application/json"
FURTHER = (
    ("salesforce", JSON, json.dumps({"data": {"payload": CHANGES}}).encode()),
    ("form", f"{FORM}; charset=iso-8859-1", b"name=J%F6rg&email=j%40example.com"),
    ("form", FORM, b"name=J%F6rg&email=j%40example.com"),
    ("form", f"{FORM}; charset=us-ascii", b"name=Ada&email=ada%40example.com"),
    ("generic", f"{JSON}; charset=utf-16", '{"name":"J\u00f6rg","n":1}'.encode("utf-16")),
    ("generic", JSON, '\ufeff{"name":"J\u00f6rg","email":"j@example.com"}'.encode()),
    ("generic", JSON, b'[{"email":"a@example.com"},{"email":"b@example.com"}]'),
)
"""Deliveries of which there is no sample: source, content type, body."""


def deliveries(target):
    """What was kept of sample deliveries: how each event is known again, and what it says."""
    told = [
        (one.source, one.headers, one.body)
        for one in samples(7, START, "https://leads.example.com")
        if one.expect != "rejected"
    ]
    told += [(source, {"content-type": media}, body) for source, media, body in FURTHER]
    kit = wiring.capture_kit(Settings(), believe_all=True)
    kept = []
    for source, headers, body in told:
        headers = {k.lower(): v for k, v in headers.items()}
        try:
            leads = read(Delivery(source, body, START, headers), kit)
            events = [_event(e, kit.sources[source], body) for e in leads]
        except LeadlineError as error:
            events = str(error)
        one = {"source": source, "headers": headers, "body": body.decode("latin-1")}
        kept.append(one | {"events": events})
    target.write_text(json.dumps(kept, indent=1) + "\n")


def _event(lead, source, body):
    try:
        fields = msgspec.to_builtins(source.fields(lead.raw))
    except LeadlineError:
        fields = None
    return {
        "raw": None if lead.raw == body else lead.raw.decode(),
        "fields": fields,
        "kind": lead.kind,
        "event_key": lead.event_key.hex(),
        "lasting": lead.lasting_key,
        "record_key": lead.record_key.hex() if lead.record_key else None,
    }


def settings(target):
    """What the example of settings means."""
    with tempfile.TemporaryDirectory() as name:
        shutil.copy("leadline.example.toml", Path(name) / "leadline.toml")
        command = [sys.executable, "-m", "leadline.entrypoints.cli", "config", "show", "--json"]
        own = {n: v for n, v in os.environ.items() if not n.startswith(("LEADLINE_", "SLACK_"))}
        done = subprocess.run(command, check=True, cwd=name, env=own, capture_output=True)
    target.write_bytes(done.stdout)


if __name__ == "__main__":
    random.seed(1)
    os.getpid = lambda: DEAD_WORKER
    here = Path(sys.argv[1])
    embedded(here / "embedded.tar.gz")
    aws(here / "aws.json")
    deliveries(here / "deliveries.json")
    settings(here / "settings.json")
