"""What operators do with a stack by `--aws STACK`, as processes against the emulator.

The stack is a stand-in: a bucket, a table and queues that nobody works on, and a CloudFormation
stack that tells their names, so that every message stays where a test has put it.
"""

import json
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leadline.model.formats import key_of
from leadline.model.handling import UNHANDLED, Handling
from leadline.model.keys import match_keys
from leadline.model.lead import CapturedLead, Kind, Status
from leadline.model.staff.people import Person
from leadline.model.task import Done, Drop, Step, Task
from leadline.ports.clock import wall_clock
from leadline.ports.reading.ledger import LeadFilter
from leadline.ports.store import Settlement
from leadline.stores.aws.reading.ledger import AwsLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.aws.deployment import run_command
from tests.standins.emulator import Emulator
from tests.worlds.aws_resources import REGION, AwsResources
from tests.worlds.leads import HandClock, captured, refined

pytestmark = pytest.mark.aws

LEASE = timedelta(seconds=60)
SECRET = "a-secret-of-the-stack"
SETTINGS = f"""
slack_webhook_url = "https://hooks.example.com/services/{SECRET}"
[sources.generic]
secret = "{SECRET}"
"""


@dataclass
class OperatedStack:
    """The stand-in for a stack, and a command line beside it."""

    emulator: Emulator
    folder: Path
    rooms: AwsResources
    name: str

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run_command(self.emulator, self.folder, *words, "--aws", self.name)

    def told(self, *words: str, code: int = 0) -> Any:
        """What a command prints as JSON."""
        done = self.run(*words, "--json")
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)

    def accept(self, name: str, **more: Any) -> CapturedLead:
        """A lead that was captured some time ago."""
        clock = HandClock(more.pop("at", None) or datetime.now(UTC) - timedelta(hours=1))
        lead = captured(clock, name, **{"delay": timedelta(), **more})
        self.rooms.store(clock).accept([lead])
        return lead

    def settle(self, lead: CapturedLead, outcome: Done | Drop, step: Step = Step.REFINE) -> None:
        store = self.rooms.store(wall_clock)
        channel = "slack" if step is Step.NOTIFY else ""
        (lease,) = store.lease(step, 1, LEASE, channel)
        assert lease.task.lead_id == lead.id
        assert store.settle([Settlement(lease, outcome)]) == [True]

    def refine(self, lead: CapturedLead, *, tell: bool = False) -> None:
        then = (Task(Step.NOTIFY, lead.id, "slack"),) if tell else ()
        refined_lead = refined(
            lead, HandClock(datetime.now(UTC)), name="Ada Vance", email="ada@example.com"
        )
        self.settle(lead, Done(refined=refined_lead, then=then))

    def send(self, url: str, body: str) -> None:
        self.emulator.client("sqs").send_message(QueueUrl=url, MessageBody=body)

    def move_to_dead_letters(self, step: Step, lead: CapturedLead, channel: str = "") -> None:
        """What SQS does with a message that was received too often."""
        body = {
            "lead_id": lead.id,
            "s3_key": key_of("raw", lead.id, lead.captured_at),
            "timestamp": "2026-03-02T09:00:00Z",
        }
        more = {"channel": channel} if channel else {}
        self.send(self.rooms.dead_urls[step], json.dumps({**body, **more}))

    def dead_messages(self, step: Step) -> int:
        return self.rooms.queues.depths(self.rooms.dead_urls[step])["visible"]

    def empty(self) -> None:
        """Take every message off the queues on which workers wait."""
        for url in self.rooms.urls.values():
            self.emulator.client("sqs").purge_queue(QueueUrl=url)

    def waiting_messages(self, step: Step) -> list[str]:
        return [message["lead_id"] for message in self.rooms.messages(self.rooms.urls[step])]


@pytest.fixture
def stand(emulator: Emulator, tmp_path: Path) -> Iterator[OperatedStack]:
    with closing(AwsResources(emulator.endpoint)) as rooms:
        name = rooms.table.name
        emulator.client("ssm").put_parameter(
            Name=f"/leadline/{name}/settings", Type="SecureString", Value=SETTINGS
        )
        outputs = {
            "BucketName": rooms.bucket.name,
            "TableName": rooms.table.name,
            "RefineQueueUrl": rooms.urls[Step.REFINE],
            "DeliveryQueueUrl": rooms.urls[Step.NOTIFY],
            "RefineDeadLettersUrl": rooms.dead_urls[Step.REFINE],
            "DeliveryDeadLettersUrl": rooms.dead_urls[Step.NOTIFY],
            "SettingsReference": f"ssm:/leadline/{name}/settings",
        }
        template = {
            "Parameters": {"Delay": {"Type": "String", "Default": "7m"}},
            "Resources": {"Nothing": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {key: {"Value": value} for key, value in outputs.items()},
        }
        cfn = emulator.client("cloudformation")
        cfn.create_stack(StackName=name, TemplateBody=json.dumps(template))
        cfn.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
        yield OperatedStack(emulator, tmp_path, rooms, name)


def test_leads_of_a_stack_are_listed_shown_and_accounted_for(stand: OperatedStack) -> None:
    ada, bob = stand.accept("ada"), stand.accept("bob")
    stand.refine(ada)
    listed = stand.told("leads")
    assert [row["lead_id"] for row in listed] == [bob.id, ada.id]
    assert [row["lead_id"] for row in stand.told("leads", "--search", "VANCE")] == [ada.id]
    story = stand.told("show", ada.id[:18])
    assert story["refined"]["contact"]["email"] == "ada@example.com"
    assert story["raw"] == {"name": "ada", "email": "ada@example.com"}
    shown = stand.run("show", ada.id)
    assert "Ada Vance" in shown.stdout
    assert stand.told("verify", "--deep")["balanced"]
    stand.emulator.client("s3").delete_object(
        Bucket=stand.rooms.bucket.name, Key=key_of("raw", bob.id, bob.captured_at)
    )
    lost = stand.told("verify", code=1)["unaccounted"]
    assert [(one["lead_id"], one["problem"]) for one in lost] == [
        (bob.id, "its raw words are missing")
    ]


def test_the_option_may_stand_anywhere_and_names_its_region(stand: OperatedStack) -> None:
    lead = stand.accept("ada")
    run = [["--aws", stand.name, "--region", REGION, "leads", "--json"],
           ["leads", f"--aws={stand.name}", "--json", f"--region={REGION}"]]  # fmt: skip
    for words in run:
        done = run_command(stand.emulator, stand.folder, *words)
        assert done.returncode == 0, done.stderr
        assert [row["lead_id"] for row in json.loads(done.stdout)] == [lead.id]
    elsewhere = run_command(stand.emulator, stand.folder, *run[0], AWS_DEFAULT_REGION="us-east-2")
    assert elsewhere.returncode == 0, "--region goes before the environment"


def test_a_dead_letter_is_done_again_with_its_message_taken_off(stand: OperatedStack) -> None:
    lead, other = stand.accept("ada"), stand.accept("bob")
    stand.settle(lead, Drop("lead.not_understood", "nothing in it"))
    stand.settle(other, Drop("lead.other"))
    told = stand.told("dead")
    assert [(g["reason"], g["example"]) for g in told["groups"]] == [
        ("lead.other", other.id), ("lead.not_understood", lead.id),
    ]  # fmt: skip
    assert told["stranded"] == []
    stand.empty()
    dry = stand.told("replay", "--reason", "lead.not_understood", "--dry-run")
    assert (dry["would_replay"], stand.dead_messages(Step.REFINE)) == (1, 2)
    done = stand.told("replay", "--reason", "lead.not_understood", "--yes")
    assert (done["replayed"], done["lead_ids"]) == (1, [lead.id])
    assert done["messages"] == {"taken_off": 1, "rung": 0, "left": 1, "unreadable": 0}
    assert stand.dead_messages(Step.REFINE) == 1
    assert stand.waiting_messages(Step.REFINE) == [lead.id]
    assert [g["reason"] for g in stand.told("dead")["groups"]] == ["lead.other"]


def test_messages_that_no_dead_letter_explains_are_told_and_tidied(stand: OperatedStack) -> None:
    done, alive, telling = stand.accept("done"), stand.accept("alive"), stand.accept("telling")
    stand.refine(done)
    stranger = captured(HandClock(datetime.now(UTC)), "stranger")
    for lead in (done, alive, stranger):
        stand.move_to_dead_letters(Step.REFINE, lead)
    stand.send(stand.rooms.dead_urls[Step.REFINE], "no message of ours")
    stand.move_to_dead_letters(Step.NOTIFY, done, "slack")
    stand.empty()
    for _ in range(2):  # to look changes nothing
        told = stand.told("dead")
        assert told["groups"] == []
        assert {(s["step"], s["state"], s["count"], *s["examples"]) for s in told["stranded"]} == {
            ("refine", "done", 1, done.id),
            ("refine", "alive", 1, alive.id),
            ("refine", "unknown", 1, stranger.id),
            ("refine", "unreadable", 1),
            ("notify", "done", 1, done.id),
        }
    seen = stand.run("dead")
    assert alive.id in seen.stdout
    assert "`replay` sends the message again" in seen.stdout
    tidied = stand.told("replay", "--status", "dead", "--yes")
    assert tidied["replayed"] == 0
    assert tidied["messages"] == {"taken_off": 3, "rung": 1, "left": 2, "unreadable": 1}
    assert stand.waiting_messages(Step.REFINE) == [alive.id]
    left = {s["state"] for s in stand.told("dead")["stranded"]}
    assert left == {"unknown", "unreadable"}
    assert "1 of them unreadable" in stand.run("replay", "--status", "dead", "--yes").stderr
    assert telling.id not in str(told)


def test_a_replay_reads_the_settings_of_the_stack(stand: OperatedStack) -> None:
    """From notify it needs the channels, from capture the sources."""
    lead = stand.accept("ada")
    stand.refine(lead, tell=True)
    stand.settle(lead, Drop("slack.no_service"), Step.NOTIFY)
    ping = stand.accept("ping", kind=Kind.IGNORED, raw=b'{"type":"ping"}', why="ping")
    assert stand.dead_messages(Step.NOTIFY) == 1
    stand.empty()
    done = stand.told("replay", lead.id[:18], "--from", "notify", "--yes")
    assert (done["replayed"], done["messages"]["taken_off"]) == (1, 1)
    assert stand.waiting_messages(Step.NOTIFY) == [lead.id]
    skipped = stand.told("replay", ping.id, "--from", "capture")["skipped"]
    assert skipped == {ping.id: "its source still says that it is no new lead"}


def test_settings_of_a_stack_are_shown_with_their_secrets_masked(stand: OperatedStack) -> None:
    words = ("config", "show", "--aws", stand.name)
    shown = run_command(stand.emulator, stand.folder, *words, LEADLINE_DELAY="1h")
    settings = {row["name"]: (row["value"], row["origin"]) for row in stand.told("config", "show")}
    assert settings["delay"] == ("7m", "environment LEADLINE_DELAY")
    assert SECRET not in shown.stdout
    assert f"the settings of {stand.name}" in settings["slack_webhook_url"][1]


@pytest.mark.parametrize("target", ["out.tar.gz", "folder"])
def test_leads_leave_a_stack_and_come_into_another(
    stand: OperatedStack, emulator: Emulator, target: str
) -> None:
    old = stand.accept("old", at=datetime(2026, 3, 2, tzinfo=UTC))
    lead, bare = stand.accept("ada", record="contact:1"), stand.accept("bare")
    stand.accept("ping", kind=Kind.IGNORED, raw=b'{"type":"ping"}', why="ping")
    for one in (old, lead):
        stand.refine(one)
    owned = Handling(owner=Person(name="Bob Moss"))
    assert stand.rooms.store(wall_clock).handle(lead.id, UNHANDLED, owned)
    assert stand.told("export", "all.tar.gz") == {
        "target": "all.tar.gz", "raw": 3, "refined": 2, "handled": 1,
    }  # fmt: skip
    since = stand.told("export", target, "--since", "2h")
    assert (since["raw"], since["refined"]) == (2, 1)
    with closing(AwsResources(emulator.endpoint)) as rooms:
        other = pointed_at(stand, rooms)
        taken = other.told("import", target)
        assert taken == {"new": 2, "known": 0, "refined": 1, "handled": 1, "damaged": 0}
        again = other.told("import", "all.tar.gz")
        assert again == {"new": 1, "known": 2, "refined": 1, "handled": 0, "damaged": 0}
        assert other.told("import", target)["refined"] == 0
        rows = {row["lead_id"]: row for row in other.told("leads")}
        assert {i: row["status"] for i, row in rows.items()} == {
            old.id: "refined", lead.id: "refined", bare.id: "waiting",
        }  # fmt: skip
        assert rows[lead.id]["email"] == "ada@example.com"
        assert other.waiting_messages(Step.REFINE) == [bare.id], "nobody else is to be refined"
        assert other.waiting_messages(Step.NOTIFY) == [], "nobody is told"
        assert other.told("verify", "--deep")["balanced"]
        assert other.told("show", lead.id)["record"] == "contact:1"
        for kind in ("raw", "refined"):
            key = key_of(kind, lead.id, lead.captured_at)
            ours, theirs = (json.loads(r.bucket.get(key) or b"") for r in (stand.rooms, rooms))
            differing = {k for k in ours if ours[k] != theirs.get(k)}
            assert differing <= {"due_at"}


def pointed_at(stand: OperatedStack, rooms: AwsResources) -> OperatedStack:
    """The same stack with other rooms."""
    cfn = stand.emulator.client("cloudformation")
    template = cfn.get_template(StackName=stand.name)["TemplateBody"]
    text = json.dumps(template) if isinstance(template, dict) else template
    for ours, theirs in [
        *zip(stand.rooms.urls.values(), rooms.urls.values(), strict=True),
        *zip(stand.rooms.dead_urls.values(), rooms.dead_urls.values(), strict=True),
    ]:
        text = text.replace(f'"{ours}"', f'"{theirs}"')
    for key in ("BucketName", "TableName"):
        text = text.replace(
            f'"{key}": {{"Value": "{stand.rooms.table.name}"',
            f'"{key}": {{"Value": "{rooms.table.name}"',
        )
    name = rooms.table.name
    cfn.create_stack(StackName=name, TemplateBody=text)
    cfn.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    return OperatedStack(stand.emulator, stand.folder, rooms, name)


def test_an_archive_of_one_machine_comes_into_a_stack(stand: OperatedStack) -> None:
    lead = captured(HandClock(datetime(2026, 3, 2, tzinfo=UTC)), "ada")
    store = SqliteStore(stand.folder / "data", clock=wall_clock)
    store.accept([lead])
    (lease,) = store.lease(Step.REFINE, 1, LEASE)
    contact = {"name": "Ada Vance", "email_canonical": "ada@example.com"}
    refined_lead = refined(lead, HandClock(lead.captured_at), **contact)
    store.settle([Settlement(lease, Done(refined=refined_lead))])
    store.close()
    run_command(stand.emulator, stand.folder, "export", "out.tar.gz", LEADLINE_DATA="data")
    assert stand.told("import", "out.tar.gz")["refined"] == 1
    with closing(AwsLedger(stand.rooms.table, stand.rooms.bucket)) as ledger:
        (row,) = ledger.find(LeadFilter())
    assert (row.lead_id, row.status, row.name) == (lead.id, Status.REFINED, "Ada Vance")
    # Whoever writes again is known by the mail address of the lead that came in.
    keys = list(match_keys(refined_lead).values())
    (person,) = stand.rooms.store(wall_clock).candidates({"new": keys})["new"].candidates
    assert person.lead_id == lead.id
    assert stand.told("export", "back.tar.gz") == {
        "target": "back.tar.gz", "raw": 1, "refined": 1, "handled": 0,
    }  # fmt: skip
    with tarfile.open(stand.folder / "back.tar.gz") as tar:
        assert sorted(tar.getnames()) == sorted(
            key_of(kind, lead.id, lead.captured_at) for kind in ("raw", "refined")
        )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("backup", "x"), 2, "the bucket keeps every version"),
        (("restore", "x"), 2, "leadline rebuild"),
        (("serve",), 2, "leadline deploy aws"),
        (("worker",), 2, "leadline deploy aws"),
        (("doctor",), 2, "leadline status --aws"),
        (("status", "aws"), 2, "leadline status --aws STACK"),
        (("cost", "--leads-per-month", "1"), 2, "omit it"),
        (("leads", "--data", "x"), 2, "do not use --config or --data with --aws"),
        (("replay",), 2, "select leads by"),
        (("show", "zzz"), 1, "no lead has the id"),
        (("export", "no/such/folder/x.tar.gz"), 1, "cannot be written"),
        (("import", "nothing.tar.gz"), 1, "does not exist"),
    ],
)
def test_what_cannot_be_done_with_a_stack_is_said(
    stand: OperatedStack, words: tuple[str, ...], code: int, said: str
) -> None:
    done = stand.run(*words)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_stack_that_is_none_of_ours_is_named(emulator: Emulator, tmp_path: Path) -> None:
    missing = run_command(emulator, tmp_path, "leads", "--aws", "nowhere")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "there is no stack nowhere" in missing.stderr
    region = run_command(emulator, tmp_path, "leads", "--region", "eu-west-1")
    assert region.returncode == 2
    body = json.dumps({"Resources": {"Nothing": {"Type": "AWS::SNS::Topic"}}})
    emulator.client("cloudformation").create_stack(StackName="theirs", TemplateBody=body)
    theirs = run_command(emulator, tmp_path, "leads", "--aws", "theirs")
    assert theirs.returncode == 1
    assert "has no output TableName" in theirs.stderr
