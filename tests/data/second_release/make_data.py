"""Makes the data of this folder, by the code of commit ee38b013 and with its tests at hand.

    git worktree add ../old ee38b013
    cd ../old && make setup
    .venv/bin/python PATH/TO/make_data.py PATH/TO/THIS/FOLDER

It runs with no later version: modules have other names since.
"""

# mypy: ignore-errors

import gzip
import json
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

import msgspec
from leadline.journey.absences import go_away

from leadline.alerts.sending import deliver_due
from leadline.journey.receiving.capture import CaptureKit
from leadline.journey.refinement.refining import refine_due
from leadline.journey.same_person.judging import join, part
from leadline.model import ids
from leadline.model.lead import Delivery
from leadline.model.task import ON_HOLD_UNTIL, Drop, Step, Task
from leadline.net.aws.calls import Caller
from leadline.operations.moving.agreement import family_digest
from leadline.operations.repair.waits import change_wait
from leadline.ports.messenger import Refused, Unreachable
from leadline.settings.connected.sources import SourceConfig
from leadline.stores.sqlite.moving.home import SqliteHome
from leadline.stores.sqlite.moving.journal import MoveJournal
from leadline.stores.sqlite.store import SqliteStore
from leadline.vendors.generic.webhook import Generic
from tests.standins.moto_server import moto_server
from tests.worlds.aws_resources import AwsResources
from tests.worlds.leads import HandClock, capture, lease_task, settle
from tests.worlds.teams import MONDAY, TEAM, TeamOffice

DEAD_WORKER = 5_000_000  # no process has this number: Linux counts to 4,194,304


class TeamFilling:
    """Leads of an office whose team gives them out, brought to where they are to stand."""

    def __init__(self, store, clock):
        ids._fast.seed(1)
        self.store, self.clock = store, clock
        team = msgspec.structs.replace(TEAM, cap_open=3)
        self.office = TeamOffice(store, clock, team)
        self.ids = {}

    def come(self, name, /, **said):
        email = f"me@{name.replace(' ', '-')}.example"
        said = {"name": f"{name.title()} Lane", "email": email, "message": f"I am {name}.", **said}
        self.ids[name] = self.office.post(**said)
        self.clock.advance(seconds=1)
        return self.ids[name]

    def refined(self, name, /, **said):
        self.come(name, **said)
        self.office.wait(minutes=11)
        return self.ids[name]

    def trouble(self, trouble):
        self.office.messengers["slack"].trouble = trouble


def fill(store, clock):
    """Put a lead at every place where one may be; the ids by what they are."""
    all_ = TeamFilling(store, clock)
    office = all_.office
    go_away(store, "cyd", clock.now, None, "cyd")
    phone = "+1 415 555 0101"
    first = all_.refined("first", phone=phone, company="Roe Ltd")
    all_.refined("again", name="First Lane", email="me@first.example")
    second = all_.refined("second")
    apart = all_.refined("apart", name="Second Lane", email="me@second.example")
    part(store, *_pair(store, second, apart), "ann", clock.now)
    third, joined = all_.refined("third"), all_.refined("joined")
    join(store, *_pair(store, third, joined), "ann", clock.now)
    office.wait(minutes=1)
    assert store.refined([joined])[joined].duplicate_of.lead_id == third
    assert store.refined([apart])[apart].duplicate_of is None
    assert store.refined(all_.ids.values())[all_.ids["again"]].filled
    office.claims(all_.refined("claimed"), "zoe")
    office.junks(all_.refined("junk"), "ada")
    all_.refined("queued")
    all_.refined("queued too", name="Quentin Moor")
    assert office.queue() == [all_.ids["queued"], all_.ids["queued too"]]
    all_.trouble(Refused("no_service", "no_service"))
    all_.refined("untellable")
    all_.trouble(None)
    all_.refined("dead", name="", email="", nothing="that makes a lead")
    all_.refined("spam", test=True)
    store.put([Task(Step.WRITE_BACK, first, "generic")], clock.now)
    assert settle(store, lease_task(store, Step.WRITE_BACK, "generic"), Drop("no", "busy"))
    _untold(all_)
    return all_.ids


def _pair(store, one, two):
    found = store.refined([one, two])
    return found[one], found[two]


def _untold(all_):
    all_.come("untold")
    all_.come("untold too", name="Otto Pike")
    all_.clock.advance(minutes=11)
    assert refine_due(all_.office.kit) == 2
    all_.trouble(Unreachable("slack.http_503"))
    deliver_due(all_.office.kit, "slack")
    _not_refined(all_)


def _not_refined(all_):
    store, clock = all_.store, all_.clock
    secret = SourceConfig(secret=("a secret",))
    kit = CaptureKit({"generic": Generic(secret)}, timedelta(minutes=10))
    headers = {"authorization": "Bearer a secret", "content-type": "application/json"}
    body = b'{"name":"Un Readable","email":"unreadable@example.com"'
    told = capture(Delivery("generic", body, clock.now, headers), kit, store)
    all_.ids["unreadable"] = json.loads(told.body)["lead_id"]
    all_.come("leased")
    clock.advance(minutes=11)
    assert lease_task(store, Step.REFINE).task.lead_id == all_.ids["leased"]
    all_.come("held")
    assert change_wait(store, all_.ids["held"], ON_HOLD_UNTIL, "held cli", clock.now)
    all_.come("waiting", phone="+1 415 555 0102")


def embedded(target):
    """The data folder with the journal of a move, its backup and its export, as one tar."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "data"
        clock = HandClock(MONDAY)
        store = SqliteStore(data, clock=clock)
        found = fill(store, clock)
        home = SqliteHome(store, clock.now - timedelta(days=7))
        journal = MoveJournal(data, "leads")
        families = {i: f for some in home.heads() for i, f in home.families(some).items()}
        journal.agree({i: family_digest(f) for i, f in families.items()})
        journal.close()
        store.close()
        command = [sys.executable, "-m", "leadline.entrypoints.cli", "--data", str(data)]
        for words in (("backup", folder / "backup"), ("export", folder / "export.tar.gz")):
            subprocess.run([*command, *map(str, words)], check=True, cwd=folder)
        (folder / "ids.json").write_text(json.dumps(found, indent=1))
        with tarfile.open(target, "w:gz") as tar:
            for part_ in ("ids.json", "data", "backup", "export.tar.gz"):
                tar.add(folder / part_, part_, filter=_plain)


def _plain(member):
    if member.name.endswith((".lock", "-wal", "-shm")):
        return None
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


def aws(target):
    """What is in the bucket, in the table and on its way through the queues."""
    sent = []
    call = Caller.json

    def recorded(self, service, what, body, *more, **named):
        if what == "AmazonSQS.SendMessage":
            queue = re.sub(r".*/leads-[0-9a-f]+-", "", body["QueueUrl"])
            sent.append({"queue": queue, "body": body["MessageBody"]})
        return call(self, service, what, body, *more, **named)

    Caller.json = recorded
    with moto_server() as endpoint, closing(AwsResources(endpoint)) as rooms:
        clock = HandClock(MONDAY)
        found = fill(rooms.store(clock), clock)
        name = rooms.table.name
        items = json.loads(
            rooms.caller.json("dynamodb", "DynamoDB_20120810.Scan", {"TableName": name})
        )["Items"]
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
    target.write_bytes(gzip.compress(f"{text}\n".encode(), mtime=0))


def _object(rooms, bucket, key):
    answer = rooms.caller.call("s3", "GET", f"/{bucket}/{key}")
    assert answer.status == 200
    return {"version": answer.headers["x-amz-version-id"], "body": answer.body.decode()}


if __name__ == "__main__":
    random.seed(1)
    os.getpid = lambda: DEAD_WORKER
    here = Path(sys.argv[1])
    embedded(here / "embedded.tar.gz")
    aws(here / "aws.json.gz")
