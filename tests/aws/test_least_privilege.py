"""Every role has each action that its function needs, and none that it does not need.

Each function's work is done with its whole role, then once for each action with that action taken
away, and must then fail visibly. The event sources are stopped, and the test calls the functions
itself, so that nothing is done by chance.
"""

import copy
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from leadline.journey.receiving.capture import CaptureKit, read
from leadline.model.facts.likeness import Judgement, Ruling, Traits
from leadline.model.formats import iso, key_of
from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.keys import record_key
from leadline.model.lead import CapturedLead, Delivery, Kind, LeadDetails, Ownership, RefinedLead
from leadline.model.personal_data.erasing import ERASED_WORDS
from leadline.model.personal_data.retiring import RETIRED_WORDS
from leadline.model.staff.assigning import KnownTeams, Queued, Rewrite
from leadline.model.staff.people import Person
from leadline.model.task import Done, Drop, Step, Task
from leadline.net.aws.calls import Caller
from leadline.net.aws.signing import Keys
from leadline.operations.trials.learned_wins import wins_in
from leadline.ports.store import Settlement
from leadline.ports.store_parts.assigning import TEAMS, wins_of
from leadline.settings.connected.crm import CrmConfig
from leadline.standins import sample_bodies as bodies
from leadline.standins.sample_bodies import Persona
from leadline.standins.samples import DEMO_SECRETS, people
from leadline.standins.slack_inbox import Reply, SlackInbox
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.capture.documents import document_of
from leadline.stores.aws.clocks.message_queues import Queues
from leadline.stores.aws.clocks.wakeups import StackClock, queue_of_each_step
from leadline.stores.aws.keys import LIKENESSES, alike_key, digest_key, task_key
from leadline.stores.aws.people.likeness import alike_from
from leadline.stores.aws.privacy.erasures import AwsErasures
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Table
from leadline.stores.aws.work.batch_store import BatchStore
from leadline.vendors.registry import find
from tests.aws.deployment import Deployment
from tests.aws.test_end_to_end import post, settings_text, told
from tests.standins.crm_api import CrmLead
from tests.standins.emulator import REGION, Emulator
from tests.standins.slack_presses import (
    SECRET,
    command_body,
    press_body,
    press_payload,
    signed_headers,
)
from tests.vendors.tryton.standin import TrytonStandIn
from tests.worlds.leads import HandClock, captured, refined

pytestmark = pytest.mark.aws

HOUR = timedelta(hours=1)
LEARNERS = "learners"
"""A team whose order learns who wins which leads."""
UNSHOWN = {
    "logs:CreateLogStream": "the emulator writes the logs itself",
    "logs:PutLogEvents": "the emulator writes the logs itself",
    "sqs:ReceiveMessage": "the emulator's event source asks no role",
    "sqs:DeleteMessage": "the emulator's event source asks no role",
}
"""Actions that the emulator can't show to be needed; the template's own tests name them."""


class RoleBench:
    """The stack on the test bench: its store with the rights of its owner, and its functions."""

    def __init__(self, stack: Deployment, slack: SlackInbox, crm: TrytonStandIn) -> None:
        self.stack, self.slack, self.crm = stack, slack, crm
        self.clock = HandClock(datetime.now(UTC))
        self.caller = Caller(REGION, lambda: Keys("test", "test"), stack.emulator.endpoint)
        out = stack.outputs
        self.urls = queue_of_each_step(out["RefineQueueUrl"], out["DeliveryQueueUrl"])
        self.dead = queue_of_each_step(out["RefineDeadLettersUrl"], out["DeliveryDeadLettersUrl"])
        self._depths = Queues(self.caller, self.urls, self.dead)
        self.queues: StackClock = self._depths
        self.store = AwsStore(
            Table(self.caller, out["TableName"]), Bucket(self.caller, out["BucketName"]),
            self.queues, clock=self.clock,
        )  # fmt: skip
        self.calls = 0

    def restart(self, function: str) -> None:
        """Make the function begin anew, without what it keeps in memory."""
        self.calls += 1
        client = self.stack.client("lambda")
        name = self.stack.outputs[f"{function}Name"]
        known = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**known, "ROUND": str(self.calls)}}
        )

    def invoke(self, function: str, event: object) -> Any:
        """Call a function; what it returned, or "failed"."""
        answer = self.stack.client("lambda").invoke(
            FunctionName=self.stack.outputs[f"{function}Name"], Payload=json.dumps(event)
        )
        told = json.loads(answer["Payload"].read())
        return "failed" if answer.get("FunctionError") else told

    def event(self, *tasks: Task) -> dict[str, Any]:
        """Tasks as SQS hands them over."""
        return {
            "Records": [
                {
                    "messageId": f"m{i}",
                    "body": json.dumps(
                        {
                            "lead_id": task.lead_id,
                            "s3_key": key_of("raw", task.lead_id, self.clock.now),
                            "timestamp": iso(self.clock.now),
                            **({"channel": task.channel} if task.channel else {}),
                            **({"step": task.step} if task.step is Step.LOOK_UP else {}),
                        }
                    ),
                }
                for i, task in enumerate(tasks)
            ]
        }

    def lead(self, name: str, **about: Any) -> CapturedLead:
        """A lead that waits, due at once unless told otherwise; its wake-up is not heard."""
        self.calls += 1
        self.clock.now = datetime.now(UTC)
        about = {"delay": timedelta(), **about}
        lead = captured(self.clock, f"{name}{self.calls}", **about)
        self.store.accept([lead])
        self.quiet()
        return lead

    def refined_lead(self, name: str) -> CapturedLead:
        """A lead whose alert waits."""
        return self.refine(self.lead(name))

    def refine(self, lead: CapturedLead, tell: str = "slack", **details: Any) -> CapturedLead:
        """The same lead, of which an alert waits now, if anybody is to be told."""
        store = BatchStore(
            self.store.table, self.store.bucket, self.queues, clock=self.clock,
            tasks=[Task(Step.REFINE, lead.id)],
        )  # fmt: skip
        (lease,) = store.lease(Step.REFINE, 1, timedelta(minutes=1))
        told = (Task(Step.NOTIFY, lead.id, tell),) if tell else ()
        refined_lead = replace(
            refined(lead, self.clock, name="Ada"), lead_details=LeadDetails(**details)
        )
        done = Done(refined=refined_lead, then=told)
        assert store.settle([Settlement(lease, done)]) == [True]
        self.quiet()
        return lead

    def quiet(self) -> None:
        """Empty all queues."""
        for url in {*self.urls.values(), *self.dead.values()}:
            self.stack.client("sqs").purge_queue(QueueUrl=url)

    def messages(self, url: str) -> int:
        """How many messages a queue has, delayed ones too."""
        return sum(self._depths.depths(url).values())

    def status(self, lead: CapturedLead) -> str:
        found = self.store._lead(lead.id)
        return str(found.status) if found else "unknown"


@pytest.fixture(scope="module")
def bench(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoleBench]:
    emulator.reset()
    with SlackInbox() as slack, TrytonStandIn() as crm:
        stack = Deployment(
            emulator,
            tmp_path_factory.mktemp("roles"),
            stack="roles",
            parameters={"Delay": "10m", "SweepSchedule": "rate(1 day)"},
            settings=bench_settings(slack, crm),
        )
        client = stack.client("lambda")
        for source in client.list_event_source_mappings()["EventSourceMappings"]:
            client.update_event_source_mapping(UUID=source["UUID"], Enabled=False)
        bench = RoleBench(stack, slack, crm)
        yield bench
        bench.caller.close()


def bench_settings(slack: SlackInbox, crm: TrytonStandIn) -> str:
    """The settings of a stack on the bench."""
    text = settings_text(slack, slack_signing_secret=f'["{SECRET}"]')
    return with_crm(text.replace("per_second = 5", "per_second = 1000"), crm.config())


def with_crm(settings: str, config: CrmConfig) -> str:
    """The settings with a CRM that every sweep looks through, and a sender that names owners."""
    table = (
        f'\n[crm.tryton]\nurl = "{config.url}"\ndatabase = "{config.database}"\n'
        f'user = "{config.user}"\ntoken = "{config.token}"\n'
    )
    trusted = settings.replace("[sources.generic]\n", '[sources.generic]\nowner = "trusted"\n')
    kept = 'retention_raw = "1d"\nretention_refined = "1d"\nretention_dead = "1d"\n'
    key = 'privacy_key = "a key that functions have"\n'
    team = (
        '\n[people.ann]\nemail = "ann@example.com"\n'
        f'[teams.{LEARNERS}]\npeople = ["ann"]\norder = "learned"\nwithin = "1d"\n'
    )
    return f'reconcile_every = "1ms"\n{key}{kept}{trusted}{table}{team}'


def close_event(who: Persona, at: datetime, action: str) -> Delivery:
    """What Close sends of its lead."""
    body = bodies.close_event(who, at, action=action)
    bare = Delivery("close", body, at)
    return replace(bare, headers=find("close")().sign(bare, DEMO_SECRETS["close"]))


def capture_works(bench: RoleBench) -> list[str]:
    """What goes wrong when a delivery comes, and comes again, when one can't be read, and when news
    come of a lead that is refined already."""
    wrong = [*news_work(bench), *presses_work(bench)]
    bench.quiet()
    bench.calls += 1
    body = json.dumps({"name": f"Lead {bench.calls}", "email": "one@example.com"}).encode()
    headers = {
        "content-type": "application/json",
        "authorization": "Bearer " + DEMO_SECRETS["generic"],
    }
    wrong += [f"answer {a.status}" for _ in range(2)
              if (a := post(bench.stack, "/webhook", body, **headers)).status != 200]  # fmt: skip
    if not bench.messages(bench.urls[Step.REFINE]):
        wrong.append("no message")
    keyed = {**headers, "idempotency-key": f"key-{bench.calls}"}
    ids = {
        post(bench.stack, "/webhook", json.dumps({"email": address}).encode(), **keyed).data
        for address in ("one@example.com", "two@example.com")
    }
    if len(ids) != 2:
        wrong.append("nothing is compared")
    unreadable = b'{"name": "Lead "%d" of many"}' % bench.calls
    if (answer := post(bench.stack, "/webhook", unreadable, **headers)).status != 200:
        wrong.append(f"answer {answer.status} to what can't be read")
    if bench.messages(bench.dead[Step.REFINE]) != 1:
        wrong.append("the dead letter was not told")
    return wrong


def news_of_refined(bench: RoleBench) -> Delivery:
    """News of a lead that is refined already."""
    bench.calls += 1
    who = people(bench.calls)[0]
    bench.clock.now = datetime.now(UTC)
    kit = CaptureKit({"close": find("close")()}, timedelta())
    (lead,) = read(close_event(who, bench.clock.now, "created"), kit)
    bench.store.accept([lead])
    bench.refine(lead, tell="")
    return close_event(who, datetime.now(UTC), "updated")


def news_work(bench: RoleBench) -> list[str]:
    """What goes wrong when news come of a refined lead."""
    news = news_of_refined(bench)
    answer = post(bench.stack, "/webhook/close", news.body, **news.headers)
    wrong = [] if answer.status == 200 else [f"answer {answer.status}"]
    return wrong if bench.messages(bench.urls[Step.LOOK_UP]) else [*wrong, "nobody is asked"]


def presses_work(bench: RoleBench) -> list[str]:
    """What goes wrong when somebody claims another's lead in Slack, and asks for leads."""
    lead, free = bench.refined_lead("pressed"), bench.refined_lead("free")
    owned = Handling(owner=Person(slack="U01ANN"))
    assert bench.store.handle(lead.id, UNHANDLED, owned)
    pressed = press_payload("lead.claim", lead.id, "U02BOB", response_url="")
    wrong: list[str] = []

    def told(path: str, body: bytes) -> str:
        headers = signed_headers(body, datetime.now(UTC))
        answer = post(bench.stack, path, body, **headers)
        if answer.status != 200:
            wrong.append(f"answer {answer.status} of {path} {answer.data!r}")
        return answer.data.decode()

    told("/slack/actions", press_body(pressed))
    if list(bench.store.work_list("U01ANN")) != [] or lead.id not in bench.store.work_list(
        "U02BOB"
    ):
        wrong.append("the lead changed no hands")
    if "Ada" not in told("/slack/commands", command_body("mine", "U02BOB")):
        wrong.append("own leads are not listed")
    if free.id not in told("/slack/commands", command_body("unassigned")):
        wrong.append("free leads are not listed")
    assert bench.store.handle(
        lead.id, bench.store.handling([lead.id])[lead.id], Handling(ending=Ending.JUNK)
    )
    return wrong


def refine_works(bench: RoleBench) -> list[str]:
    """What goes wrong with two leads together, one alone, one that is not due, one that is none."""
    pair = [bench.lead("ada"), bench.lead("bob")]
    early = bench.lead("early", delay=timedelta(minutes=10))
    nothing = bench.lead("nothing", raw=b"42")
    alone = bench.lead("cy")
    wrong: list[str] = []
    for batch in ([*pair, early, nothing], [alone]):
        event = bench.event(*(Task(Step.REFINE, lead.id) for lead in batch))
        if bench.invoke("Refine", event) != {"batchItemFailures": []}:
            wrong.append("messages failed")
    wrong += [f"{bench.status(lead)}" for lead in (*pair, alone) if bench.status(lead) != "refined"]
    if bench.status(nothing) != "dead":
        wrong.append("no dead letter")
    if bench.messages(bench.urls[Step.REFINE]) != 1:
        wrong.append("what is early was not sent again")
    if bench.messages(bench.urls[Step.NOTIFY]) != 3:
        wrong.append("alerts were not scheduled")
    if bench.messages(bench.dead[Step.REFINE]) != 1:
        wrong.append("the dead letter was not told")
    return [*wrong, *duplicates_work(bench)]


def duplicates_work(bench: RoleBench) -> list[str]:
    """What goes wrong with a lead of a person who was seen before, and when people part the two."""
    bench.calls += 1
    person = {"name": f"Mirela Quist {bench.calls}", "email": f"mirela{bench.calls}@example.com"}
    said = ({**person, "phone": "+49 30 901820"}, person)
    leads = [bench.lead("mirela", raw=json.dumps(one).encode()) for one in said]
    wrong: list[str] = []

    def refine(lead: CapturedLead) -> RefinedLead | None:
        if bench.invoke("Refine", bench.event(Task(Step.REFINE, lead.id))) == "failed":
            wrong.append("messages failed")
        bench.quiet()
        return bench.store.refined([lead.id]).get(lead.id)

    first, later = (refine(lead) for lead in leads)
    if first is None or later is None or later.duplicate_of is None:
        return [*wrong, "the person is not known again"]
    if later.contact.phone != first.contact.phone:
        wrong.append("the blank is not filled")
    now = datetime.now(UTC)
    bench.store.judge(Judgement(leads[0].id, leads[1].id, Ruling.APART, "", now))
    bench.store.put([Task(Step.REFINE, leads[1].id)], now)
    bench.quiet()
    again = refine(leads[1])
    if again is None or again.duplicate_of is not None:
        wrong.append("they are not parted")
    return wrong


def deliver_works(bench: RoleBench) -> list[str]:
    """What goes wrong with an alert alone, two together, one refused, one asked to wait."""
    replies: list[Reply | None] = []
    bench.slack.behave = lambda _n: replies.pop(0) if replies else None
    wrong: list[str] = []

    def deliver(*names: str) -> list[CapturedLead]:
        leads = [bench.refined_lead(name) for name in names]
        event = bench.event(*(Task(Step.NOTIFY, lead.id, "slack") for lead in leads))
        if bench.invoke("Deliver", event) != {"batchItemFailures": []}:
            wrong.append("messages failed")
        return leads

    good = [*deliver("first"), *deliver("second", "third")]
    replies.append(Reply(404, b"no_service"))
    (refused,) = deliver("refused")
    if bench.messages(bench.dead[Step.NOTIFY]) != 1:
        wrong.append("the dead letter was not told")
    replies.append(Reply(429, b"", {"retry-after": "1"}))
    deliver("busy")
    if bench.messages(bench.urls[Step.NOTIFY]) < 1:
        wrong.append("what must wait was not sent again")
    wrong += ["not told" for lead in good if lead.id not in told(bench.slack)]
    wrong += [bench.status(lead) for lead in good if bench.status(lead) != "alerted"]
    if bench.status(refused) != "dead":
        wrong.append("no dead letter")
    wrong += look_up_works(bench)
    time.sleep(1.1)  # until the channel is free again
    return wrong


def to_look_up(bench: RoleBench) -> CapturedLead:
    """A lead whose CRM was silent at its refinement, and whose owner news told since."""
    unknown = bench.lead("ask", record=f"r{bench.calls}")
    lead = bench.refine(unknown, tell="", ownership=Ownership.UNKNOWN)
    news = captured(
        bench.clock, f"news{bench.calls}", kind=Kind.UPDATED, record=lead.record,
        raw=b'{"email":"ask@example.com","owner":"owner@example.com"}',
    )  # fmt: skip
    bench.store.accept([news])
    bench.quiet()
    return lead


def look_up_works(bench: RoleBench) -> list[str]:
    """What goes wrong when news tell the owner of a lead."""
    lead = to_look_up(bench)
    wrong: list[str] = []
    task = Task(Step.LOOK_UP, lead.id)
    if bench.invoke("Deliver", bench.event(task)) != {"batchItemFailures": []}:
        wrong.append("messages failed")
    if not bench.store.handling([lead.id]):
        wrong.append("nobody knows the owner")
    if bench.store.table.get(task_key(task)) is not None:
        wrong.append("the look-up is not done")
    if not bench.messages(bench.urls[Step.REFINE]):
        wrong.append("it is not refined again")
    return [*wrong, *erasing_works(bench)]


def erasing_works(bench: RoleBench) -> list[str]:
    """What goes wrong when the CRM says that a record was deleted for the sake of privacy."""
    lead = bench.refine(bench.lead("gone", record=f"e{bench.calls}"), tell="")
    end = captured(
        bench.clock, f"end{bench.calls}", kind=Kind.IGNORED, record=lead.record,
        why="privacy_deleted",
    )  # fmt: skip
    bench.store.accept([end])
    bench.quiet()
    task, known = Task(Step.LOOK_UP, lead.id), AwsErasures(bench.store.bucket)
    before = len(known.tombstones())
    wrong: list[str] = []
    for _ in range(2):  # a second deletion finds the tombstone of the first
        bench.store.put([task], datetime.now(UTC))
        bench.quiet()
        if bench.invoke("Deliver", bench.event(task)) != {"batchItemFailures": []}:
            wrong.append("messages failed")
    if len(known.tombstones()) == before:
        wrong.append("nothing remembers who was erased")
    if bench.store.archived([lead.id])[lead.id].raw != ERASED_WORDS:
        wrong.append("the words are there")
    if bench.store.refined([lead.id])[lead.id].contact.name:
        wrong.append("the person is there")
    return wrong


def sweep_works(bench: RoleBench) -> list[str]:
    """What goes wrong with an archived delivery that nobody knows, two silent wake-ups, a lead of
    which no webhook told, one under a key of earlier rules, and one that waits for a team that is
    gone. An update brought this version an hour ago."""
    earlier, _ = bench.refined_lead("silent"), bench.lead("due")
    waits, old_key = left_behind(bench)
    bench.clock.now = datetime.now(UTC)
    begun = {"pk": LIKENESSES[0], "sk": LIKENESSES[1], "begun": iso(bench.clock.now - HOUR)}
    bench.store.table.put_if(begun, "", {})
    lost = captured(bench.clock, f"lost{bench.calls}")
    bench.store.bucket.put(key_of("raw", lost.id, lost.captured_at), document_of(lost))
    record = bench.crm.put(CrmLead(created=bench.clock.now))
    old = old_lead(bench)
    wins = wins_of(LEARNERS)
    assert bench.store.keep({wins: Rewrite(bench.store.kept([wins])[wins], b"{}")})
    swept = bench.invoke("Sweep", {"grace_s": 0, "overdue_s": 0})
    wrong = [] if is_retired(bench, old) else ["what is too old is there"]
    if not bench.store.of_records([record_key("tryton", record)]):
        wrong.append("what only the CRM knows was not captured")
    if swept == "failed" or swept["unrecovered"]:
        wrong.append(str(swept))
    if bench.status(lost) != "waiting":
        wrong.append("the archived delivery is still unknown")
    if bench.store.table.get(alike_key(earlier.id)) is None:
        wrong.append("a lead of an earlier version is under no keys")
    if bench.store.table.get(digest_key("M", old_key)) is not None:
        wrong.append("a lead is under a key of earlier rules")
    if bench.store.table.get(task_key(Task(Step.ASSIGN, waits.id))) is None:
        wrong.append("a lead waits for a team that is gone")
    if wins_in(bench.store.kept([wins])[wins]).at is None:
        wrong.append("a team has learned nothing")
    for step in (Step.REFINE, Step.NOTIFY):
        if bench.messages(bench.urls[step]) < (2 if step is Step.REFINE else 1):
            wrong.append(f"{step} was not rung for")
    return wrong


def old_lead(bench: RoleBench) -> CapturedLead:
    """A lead of three days ago with a dead alert, of which the version that counts is lost; the
    next sweep is to look what is too old."""
    bench.calls += 1
    bench.clock.now = datetime.now(UTC) - 72 * HOUR
    lead = captured(bench.clock, f"old{bench.calls}", delay=timedelta())
    bench.store.accept([lead])
    bench.refine(lead)
    store = BatchStore(
        bench.store.table, bench.store.bucket, bench.queues, clock=bench.clock,
        tasks=[Task(Step.NOTIFY, lead.id, "slack")],
    )  # fmt: skip
    (lease,) = store.lease(Step.NOTIFY, 1, timedelta(minutes=1), "slack")
    assert store.settle([Settlement(lease, Drop("slack.no_service", ""))]) == [True]
    bench.quiet()
    bench.clock.now = datetime.now(UTC)
    item = bench.store._lead(lead.id)
    assert item is not None
    assert item.summary is not None
    key = key_of("refined", lead.id, lead.captured_at)
    document = bench.store.bucket.get(key)
    assert document is not None
    bench.store.bucket.put(key, document)
    bench.stack.client("s3").delete_object(
        Bucket=bench.store.bucket.name, Key=key, VersionId=item.summary.version
    )
    begun = {"pk": "T#retention", "sk": "kept", "name": "retention", "body": "{}", "rev": 1}
    bench.store.table.put_if(begun, "", {})
    return lead


def is_retired(bench: RoleBench, lead: CapturedLead) -> bool:
    """Whether what was sent, the person and the dead letter are gone."""
    refined_lead = bench.store.refined([lead.id]).get(lead.id)
    return (
        bench.store.archived([lead.id])[lead.id].raw == RETIRED_WORDS
        and refined_lead is not None
        and refined_lead.contact.name is None
        and bench.status(lead) == "refined"
    )


def left_behind(bench: RoleBench) -> tuple[CapturedLead, bytes]:
    """A lead that waits for a team that is not in the settings, and a key of earlier rules under
    which another lead is."""
    waits, rekeyed = bench.refined_lead("queued"), bench.refined_lead("rekeyed")
    queued = Handling(queued=Queued("gone", 0.0, bench.clock.now))
    assert bench.store.handle(waits.id, UNHANDLED, queued)
    seen = bench.store.kept([TEAMS])[TEAMS]
    body = msgspec.json.encode(KnownTeams(("gone",)))
    assert bench.store.keep({TEAMS: Rewrite(seen, body)})
    key = f"old rules {bench.calls}".encode().ljust(16)
    bench.store.keep_likeness(
        alike_from(rekeyed.id, bench.clock.now, "", Traits(last="quist"), [key])
    )
    bench.quiet()
    return waits, key


WORK: dict[str, Callable[[RoleBench], list[str]]] = {
    "Capture": capture_works,
    "Refine": refine_works,
    "Deliver": deliver_works,
    "Sweep": sweep_works,
}


def policy_of(stack: Deployment, role: str) -> tuple[str, str, dict[str, Any]]:
    """The role's name, its policy's name, and the policy."""
    resources = stack.client("cloudformation").describe_stack_resources(StackName=stack.stack)
    (name,) = [
        r["PhysicalResourceId"]
        for r in resources["StackResources"]
        if r["LogicalResourceId"] == role
    ]
    iam = stack.client("iam")
    (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    return name, policy, document


@pytest.mark.parametrize("function", WORK)
def test_a_role_has_all_that_its_function_needs_and_nothing_else(
    bench: RoleBench, function: str
) -> None:
    name, policy, whole = policy_of(bench.stack, f"{function}Role")
    iam = bench.stack.client("iam")
    assert WORK[function](bench) == []
    needless: list[str] = []
    shown = 0
    for i, statement in enumerate(whole["Statement"]):
        for action in list(statement["Action"]):
            resources = statement["Resource"]
            for resource in resources if isinstance(resources, list) else [resources]:
                poller = action == "sqs:GetQueueAttributes" and function != "Sweep"
                if action in UNSHOWN or poller:
                    continue
                iam.put_role_policy(
                    RoleName=name, PolicyName=policy,
                    PolicyDocument=json.dumps(without(whole, i, action, resource)),
                )  # fmt: skip
                bench.restart(function)
                shown += 1
                if not WORK[function](bench):
                    needless.append(f"{action} on {resource}")
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(whole))
    bench.restart(function)
    assert needless == []
    assert shown >= 5
    assert WORK[function](bench) == []


def without(whole: dict[str, Any], place: int, action: str, resource: str) -> dict[str, Any]:
    """The policy without one action on one resource."""
    rest = copy.deepcopy(whole)
    statement = rest["Statement"][place]
    others = {**statement, "Action": [a for a in statement["Action"] if a != action]}
    resources = statement["Resource"]
    elsewhere = [r for r in resources if r != resource] if isinstance(resources, list) else []
    statement["Action"], statement["Resource"] = [action], elsewhere
    rest["Statement"][place : place + 1] = [
        s for s in (others, statement) if s["Action"] and s["Resource"]
    ]
    return rest
