"""What AWS would bill for a lead, counted at the store, is what the cost model says."""

import json
import os
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest

from bench import reach
from leadline.entrypoints import logs
from leadline.entrypoints.aws import capture as on_capture
from leadline.entrypoints.aws import deliver as on_deliver
from leadline.entrypoints.aws import refine as on_refine
from leadline.entrypoints.aws import sweep as on_sweep
from leadline.entrypoints.aws.parts import Parts
from leadline.model.facts.likeness import RULES
from leadline.model.formats import key_of
from leadline.model.task import Step, Task
from leadline.net.aws.calls import Caller
from leadline.net.aws.remote_text import read_text
from leadline.operations.cost import quantities
from leadline.operations.cost.estimate import estimate
from leadline.operations.cost.prices import read_prices
from leadline.operations.cost.uses import (
    PER_ALERT,
    PER_LEAD,
    PER_TASK,
    PER_TURN,
    SCHEDULES,
    woken_by,
)
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.keys import LIKENESSES, lead_key
from leadline.stores.aws.shards.placing import SHARDS, shard_in
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.sweep.sweep import GRACE
from leadline.stores.aws.table import Table
from tests.standins.aws_faults import id_at
from tests.standins.scripted_server import ScriptedServer, answer
from tests.worlds.aws_functions import Context
from tests.worlds.aws_resources import AwsResources
from tests.worlds.counted_aws import CountingCaller

PRICES = read_prices((files("leadline") / "infra/prices.toml").read_text(encoding="utf-8"))


@pytest.fixture
def aws(
    moto: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[CountingCaller]:
    """What the functions call AWS with, in an environment of theirs, with further settings if a
    test gives any; Slack takes everything."""
    rooms = AwsResources(moto)
    name = rooms.table.name
    with ScriptedServer(answer(body=b"ok", then="close")) as slack:
        settings = f"""
            slack_webhook_url = "{slack.endpoint}/services/T0/B0/none"
            slack_per_second = 1000
            delay = "0s"
            [sources.generic]
            owner = "trusted"
            map = {{ record = "/id", event_id = "/event" }}
            {getattr(request, "param", "")}
        """
        parameter = {"Name": f"/{name}", "Type": "SecureString", "Value": settings}
        rooms.caller.json("ssm", "AmazonSSM.PutParameter", parameter, "1.1")
        for variable, value in {
            "TABLE_NAME": name,
            "S3_BUCKET": name,
            "SQS_QUEUE_URL": rooms.urls[Step.REFINE],
            "DELIVERY_QUEUE_URL": rooms.urls[Step.NOTIFY],
            "SETTINGS_REFERENCE": f"ssm:/{name}",
        }.items():
            monkeypatch.setenv(variable, value)
        counting = CountingCaller(rooms)
        monkeypatch.setattr(Parts, "caller", counting)
        monkeypatch.setattr(logs, "configure", lambda *_: None)
        functions = (on_capture, on_refine, on_deliver, on_sweep)
        for function in functions:
            function._parts.cache_clear()
        yield counting
        for function in functions:
            function._parts.cache_clear()
        counting.close()
    rooms.close()


def message(lead_id: str, **more: str) -> dict[str, Any]:
    body = {"lead_id": lead_id, "s3_key": "raw", "timestamp": "2026-01-01T00:00:00Z", **more}
    return {"Records": [{"messageId": "m0", "body": json.dumps(body)}]}


def test_the_model_counts_what_the_functions_do_for_a_lead(aws: CountingCaller) -> None:
    lead = {
        "id": "7", "event": "8", "name": "Ada Vance", "email": "ada@example.com",
        "phone": "+1 212 555 0100", "company": "Vance Tools", "owner": "sales@example.org",
    }  # fmt: skip
    event = {
        "httpMethod": "POST", "path": "/webhook/generic", "pathParameters": {"source": "generic"},
        "headers": {"content-type": "application/json"}, "body": json.dumps(lead),
    }  # fmt: skip
    answered = on_capture.handler(event, Context(30_000))
    assert answered["statusCode"] == 200
    lead_id = json.loads(answered["body"])["lead_id"]
    assert aws.taken() == counted_by_the_model("Capture")
    assert on_refine.handler(message(lead_id), Context(30_000)) == {"batchItemFailures": []}
    assert aws.taken() == counted_by_the_model("Refine", "Refine, for the alert")
    alert = message(lead_id, channel="slack")
    assert on_deliver.handler(alert, Context(30_000)) == {"batchItemFailures": []}
    assert aws.taken() == counted_by_the_model("Deliver")
    parts = on_deliver._parts()
    store = AwsStore(parts.table, parts.bucket, parts.wakeups)
    store.put([Task(Step.LOOK_UP, lead_id)], datetime.now(UTC))
    aws.taken()
    look = message(lead_id, step="look_up")
    assert on_deliver.handler(look, Context(30_000)) == {"batchItemFailures": []}
    assert aws.taken() == counted_by_the_model("Deliver, for later tasks")


def test_the_model_counts_one_schedule_for_a_lead_and_none_for_its_alert(
    aws: CountingCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = os.environ["SETTINGS_REFERENCE"].removeprefix("ssm:")
    settings = read_text(aws, f"ssm:{name}").replace('"0s"', '"10m"')
    asked = {"Name": name, "Type": "SecureString", "Value": settings, "Overwrite": True}
    Caller.json(aws, "ssm", "AmazonSSM.PutParameter", asked, "1.1")
    for variable in ("REFINE_ARN", "DELIVER_ARN", "REFINE_DLQ_ARN", "DELIVERY_DLQ_ARN"):
        monkeypatch.setenv(variable, f"arn:aws:any:eu-west-1:111122223333:function:{variable}")
    monkeypatch.setenv("SCHEDULE_GROUP", "leads")
    monkeypatch.setenv("SCHEDULE_ROLE_ARN", "arn:role")
    event = {
        "httpMethod": "POST", "path": "/webhook/generic", "pathParameters": {"source": "generic"},
        "headers": {"content-type": "application/json"},
        "body": '{"id": "7", "event": "8", "email": "ada@example.com", "owner": "me@example.org"}',
    }  # fmt: skip
    lead_id = json.loads(on_capture.handler(event, Context(30_000))["body"])["lead_id"]
    of_lead = aws.taken()
    assert (of_lead["schedule"], "event" in of_lead) == (1, False)
    parts = on_refine._parts()
    store = AwsStore(parts.table, parts.bucket, parts.wakeups)
    store.put([Task(Step.REFINE, lead_id)], datetime.now(UTC))
    aws.taken()
    body = json.loads(message(lead_id)["Records"][0]["body"])
    assert on_refine.handler(body, Context(30_000)) == {"batchItemFailures": []}
    of_alert = aws.taken()
    assert ("schedule" in of_alert, of_alert["event"]) == (False, 1)
    counted = {
        meter: sum(units for parts in woken_by(SCHEDULES, uses).values()
                   for of, _, units in parts if of == meter)
        for meter in ("schedule", "sqs_request")
        for uses in [{**PER_LEAD, **PER_ALERT}]
    }  # fmt: skip
    assert counted == {"schedule": 1, "sqs_request": 0}


A_TEAM = """
            [people.ada]
            slack = "U01ADA"
            email = "ada@example.com"
            crm = "crm-1"
            [people.bob]
            slack = "U02BOB"
            email = "bob@example.com"
            crm = "crm-2"
            [teams.sales]
            people = ["ada", "bob"]
            fallback = "queue"
            [rules.all]
            team = "sales"
"""


@pytest.mark.parametrize("aws", [A_TEAM], indirect=True)
def test_the_model_counts_what_a_turn_takes(aws: CountingCaller) -> None:
    for name, number in (("Cleo Marsh", 1), ("Dan Underhill", 2)):  # first without a roster
        first, last = name.lower().split()
        lead = {
            "id": f"7{number}", "event": f"8{number}", "name": name,
            "email": f"{first}@{last}.example.com", "phone": f"+1 212 555 010{number}",
            "company": f"{last.title()} {first.title()}works",
        }  # fmt: skip
        event = {
            "httpMethod": "POST", "path": "/webhook/generic",
            "pathParameters": {"source": "generic"},
            "headers": {"content-type": "application/json"}, "body": json.dumps(lead),
        }  # fmt: skip
        lead_id = json.loads(on_capture.handler(event, Context(30_000))["body"])["lead_id"]
        aws.taken()
        assert on_refine.handler(message(lead_id), Context(30_000)) == {"batchItemFailures": []}
        of_turn = ("Refine", "Refine, for the alert", "Refine, for a team's turn")
        assert aws.taken() == counted_by_the_model(*of_turn)


def test_the_model_counts_what_a_sweep_does(aws: CountingCaller) -> None:
    at = datetime.now(UTC) - timedelta(minutes=20)
    turns = ((datetime.now(UTC) - GRACE).date() - at.date()).days
    table, bucket = Table(aws, os.environ["TABLE_NAME"]), Bucket(aws, os.environ["S3_BUCKET"])
    ids = [id_at(at + timedelta(seconds=second)) for second in range(3)]
    for lead_id in ids:
        pk, sk = lead_key(lead_id)
        table.put_if({"pk": pk, "sk": sk}, "", {})
        bucket.put(key_of("raw", lead_id, at), b"{}")
    mark = key_of("raw", ids[0], at)
    table.put_if({"pk": "S#sweep", "sk": "state", "after": mark}, "", {})
    pk, sk = LIKENESSES
    table.put_if({"pk": pk, "sk": sk, "done": True, "rules": RULES}, "", {})
    aws.taken()
    seen = on_sweep.handler({}, Context(30_000))["looked_at"]
    assert seen >= 2  # moto lists the mark as well
    bill = list(quantities.sweeping(quantities.Workload(seen * quantities.SWEEPS)))
    modelled = {one.meter: one.quantity / quantities.SWEEPS for one in bill}
    # Beside the first, a thousand keys make another list, and a hundred leads another write.
    modelled["s3_put"] -= seen / 1_000 + quantities.SECONDS / 86_400 / quantities.SWEEPS - turns
    modelled["table_write"] -= seen / 100
    taken = aws.taken()
    assert taken == pytest.approx({meter: modelled[meter] for meter in taken})
    assert {"s3_put", "table_write", "table_read"} == taken.keys()


def counted_by_the_model(*functions: str) -> dict[str, float]:
    total: dict[str, float] = {}
    for function in functions:
        for meter, _, units in {**PER_LEAD, **PER_ALERT, **PER_TASK, **PER_TURN}[function]:
            total[meter] = total.get(meter, 0) + units
    total.pop("api_request", None)
    return total


PEOPLE = (
    "Ada Vance", "Cleo Marsh", "Dan Underhill", "Ivo Petrov", "Mia Okafor", "Noor Haddad",
    "Otis Brandt", "Zoe Lindqvist",
)  # fmt: skip


def delivered(number: int) -> str:
    """The id of a lead that came, was refined, and was alerted about."""
    first, last = PEOPLE[number].lower().split()
    lead = {
        "id": f"7{number}", "event": f"8{number}", "name": PEOPLE[number],
        "email": f"{first}@{last}.example.com", "phone": f"+1 212 555 01{number:02}",
        "company": f"{last.title()} {first.title()}works", "owner": "sales@example.org",
    }  # fmt: skip
    event = {
        "httpMethod": "POST", "path": "/webhook/generic", "pathParameters": {"source": "generic"},
        "headers": {"content-type": "application/json"}, "body": json.dumps(lead),
    }  # fmt: skip
    lead_id: str = json.loads(on_capture.handler(event, Context(30_000))["body"])["lead_id"]
    on_refine.handler(message(lead_id), Context(30_000))
    on_deliver.handler(message(lead_id, channel="slack"), Context(30_000))
    return lead_id


def stored_bytes(item: Mapping[str, Any]) -> int:
    """What DynamoDB bills for an item of typed JSON, without 100 bytes of its own (Developer Guide,
    "DynamoDB item sizes and formats")."""
    return sum(len(name.encode()) + _bytes_of(value) for name, value in item.items())


def _bytes_of(value: Mapping[str, Any]) -> int:
    ((kind, of),) = value.items()
    match kind:
        case "S":
            return len(of.encode())
        case "N":
            return (len(of) + 1) // 2 + 1
        case "B":
            return len(b64decode(of))
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + _bytes_of(one) for one in of)
        case "M":
            return 3 + len(of) + stored_bytes(of)
    raise AssertionError(kind)


def test_the_model_stores_what_the_items_of_a_lead_take(aws: CountingCaller) -> None:
    delivered(0)
    asked = {"TableName": os.environ["TABLE_NAME"]}
    scanned = Caller.json(aws, "dynamodb", "DynamoDB_20120810.Scan", asked)
    items = [one for one in json.loads(scanned)["Items"] if one["sk"]["S"] != "channel"]
    of_items = sum(100 + stored_bytes(one) for one in items)
    keys = ("pk", "sk", "day_pk", "day_sk")
    shown = (*keys, "lead_id", "source", "captured_at", "fate", "why", "summary")
    (lead,) = (one for one in items if one["sk"]["S"] == "lead")
    of_index = 100 + stored_bytes({name: lead[name] for name in shown if name in lead})
    assert not any("due_pk" in one for one in items)
    bill = estimate(quantities.Workload(1_000_000, months_kept=1), PRICES, "us-east-1")
    stored = {one.meter: one.quantity * quantities.GB / 1_000_000 for one in bill.lines}
    kept = {one.meter: one.quantity * quantities.GB / 1_000_000 for one in bill.parts}
    assert stored["table_storage"] == pytest.approx(of_items + of_index, rel=0.03)
    assert kept["table_pitr"] == pytest.approx(of_items, rel=0.03)


def test_the_page_on_scale_reckons_with_the_writes_of_a_lead_to_each_partition(
    aws: CountingCaller,
) -> None:
    """However many leads there are, each writes to its own shard."""
    for number in range(len(PEOPLE)):
        delivered(number)
    names: Counter[str] = Counter()
    for partition, units in aws.written.items():
        name, _, _ = partition.rpartition("#")
        of = {"refine#": "due, refine", "notify#slack": "due, notify", "": "table"}
        names[of.get(name, "day")] += units
    assert names == {name: units * len(PEOPLE) for name, units in reach.WRITES.items()}
    most = max(units for name, units in aws.written.items() if name != "table")
    shards = Counter(shard_in(name) for name in aws.written if name.startswith("refine"))
    assert most % reach.HOTTEST == 0, "no partition takes more of a lead than the page says"
    assert shards.keys() <= set(range(SHARDS))


@pytest.mark.parametrize("shards", [1, 16])
def test_other_shards_cost_a_lead_reads_and_no_further_writes(
    aws: CountingCaller, monkeypatch: pytest.MonkeyPatch, shards: int
) -> None:
    monkeypatch.setenv("TABLE_SHARDS", str(shards))
    delivered(0)
    aws.taken()
    aws.written.clear()
    delivered(1)
    assert sum(aws.written.values()) == sum(reach.WRITES.values())
    further = (shards - SHARDS) * reach.READS_A_SHARD
    assert aws.taken()["table_read"] == reach.READS + further
