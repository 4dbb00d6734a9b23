"""Durations: what a function computes, waits for and logs, for `MEASURED` in
`leadline.operations.cost.durations`.

Method: as in `bench.cold_start`, functions run from their own unpacked zips, each in a fresh
interpreter, against `bench.aws_stub` over TLS; its twin over plain HTTP is only for the counting.

- CPU is that of the function's process alone, all its threads, by its own clock: what the stand-in
  computes is not in it. Warm: the median of many invocations over connections that are open; the
  same after all of them were closed tells what a new connection costs, and the same after the
  settings were forgotten what reading them costs. Cold: from the start of the process to the end
  of the imports (Lambda's init), less a bare interpreter, and from there to the first answer less
  a warm one. A lead's share is the difference of a large batch and a small one, by the leads
  between them; alerts come alone, so all that an alert takes is a lead's share.
- Waits are counted while the stand-in takes its time over every answer: the longest chain of calls
  of which each began after the one before had ended. What runs side by side is one wait.
- Bytes of log are those that the function writes (its lines, and its metrics in the embedded
  format), and the two lines of Lambda beside them, as they stand below; CloudWatch counts 26 bytes
  on top of every line.

The baselines of the same run are a handler that does nothing, one `put_object` of boto3 to the
same stand-in, and boto3's import with two clients. Nothing is measured on AWS: how long the
services take, and how fast a vCPU is there, is assumed in `leadline.operations.cost.durations`.
"""

# Long because the programs that it runs in fresh interpreters stand in it as text.

import json
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import msgspec
import urllib3

from bench.cold_start import (
    BATCH,
    BOTO3,
    CERTIFICATE,
    REGION,
    SETTINGS,
    batch,
    delivery,
    environment,
    here,
    stub,
    unpacked,
)
from bench.refine import quiet
from bench.report import Report
from leadline import wiring
from leadline.cloud.packages.packaging import capture_package, work_package
from leadline.journey.refinement.refining import refine_due
from leadline.model.formats import key_of
from leadline.model.ids import uuid7
from leadline.model.task import Step, Task
from leadline.net.aws.calls import Caller
from leadline.net.aws.signing import Keys
from leadline.settings.top.general import Settings
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.clocks.message_queues import Queues
from leadline.stores.aws.clocks.wakeups import queue_of_each_step
from leadline.stores.aws.keys import lead_key
from leadline.stores.aws.table import Table
from leadline.stores.aws.work.batch_store import BatchStore

STARTS, WARM, BROKEN = 9, 60, 30
SWEPT = 2_001
SLOW_MS = 40
PUTS = 4
"""The gate: what one lead takes of a function is at most as much CPU as so many puts of boto3's."""

START_LINE = (
    '{"time":"2026-10-08T07:30:28.236Z","type":"platform.start","record":{"requestId":'
    '"79b5e81f-9cdd-4145-b1f6-7c50ef8a2a36","functionArn":"arn:aws:lambda:eu-west-1:'
    '123456789012:function:leads-Capture-0AbCdEfGhIjK","version":"$LATEST"}}'
)
REPORT_LINE = (
    '{"time":"2026-10-08T07:30:29.470Z","type":"platform.report","record":{"requestId":'
    '"79b5e81f-9cdd-4145-b1f6-7c50ef8a2a36","metrics":{"durationMs":133.96,"billedDurationMs":134,'
    '"memorySizeMB":256,"maxMemoryUsedMB":123},"status":"success"}}'
)
INIT_LINE = (
    '{"time":"2026-10-08T07:30:27.771Z","type":"platform.initStart","record":{"initializationType":'
    '"on-demand","phase":"init","runtimeVersion":"python:3.13.v30","runtimeVersionArn":'
    '"arn:aws:lambda:eu-west-1::runtime:' + "0123456789abcdef" * 4 + '","functionName":'
    '"leads-Capture-0AbCdEfGhIjK","functionVersion":"$LATEST","instanceId":'
    '"2026/10/08/[$LATEST]' + "0123456789abcdef" * 2 + '","instanceMaxMemory":268435456}}'
)
"""What Lambda itself writes for each invocation and before the first, at `SystemLogLevel: INFO`
(`LogLevel: debug`) in JSON (Lambda Developer Guide, "Log-level filtering"); there is no line like
END. At WARN, as stacks have it by default, it writes none of these if a run succeeds."""
EVENT_BYTES = 26
"""What CloudWatch counts on top of each line (CloudWatch Logs API Reference, "PutLogEvents")."""

KINDS = {
    "GetItem": "read", "BatchGetItem": "read", "Query": "read",
    "PutItem": "write", "DeleteItem": "write", "UpdateItem": "write",
    "TransactWriteItems": "transaction", "SendMessage": "sqs", "GetQueueAttributes": "sqs",
    "GetParameter": "settings", "PutObject": "s3_put", "GetObject": "s3_get",
    "ListObjectsV2": "s3_list", "Slack": "slack",
}  # fmt: skip
"""A call, and what `leadline.operations.cost.durations.ANSWER_MS` calls its wait."""

CHILD = """
import sys; sys.path.insert(0, {folder!r})
from time import monotonic, process_time
{imports}
class Context:
    aws_request_id = "79b5e81f-9cdd-4145-b1f6-7c50ef8a2a36"
    def __init__(self):
        self.until = monotonic() + {timeout}
    def get_remaining_time_in_millis(self):
        return int((self.until - monotonic()) * 1000)
def invoke():
    context = Context()
    began = process_time()
    answer = handler(event, context)
    took = process_time() - began
    assert answer {expected}, answer
    return took * 1e3
event = {event!r}
found = {{"imported": process_time() * 1e3, "first": invoke()}}
import json
from urllib import request
def tell(path, body=b""):
    request.urlopen({plain!r} + path, data=body).read()
def many(times, before=lambda: None):
    taken = []
    for _ in range(times):
        tell("/-/reset")
        before()
        taken.append(invoke())
    return taken
def mark():
    sys.stdout.flush()
    print("-" * 8, flush=True)
    print("-" * 8, file=sys.stderr, flush=True)
"""
WARM_CHILD = """
mark()
found["warm"] = many({warm})
mark()
def closed():
    _parts().caller.close()
def forgotten():
    _parts()._read_at = -1e9
found["closed"] = many({broken}, closed)
found["forgotten"] = many({broken}, forgotten)
tell("/-/reset")
tell("/-/slow", b"{slow}")
invoke()
found["calls"] = json.load(request.urlopen({plain!r} + "/-/calls"))
tell("/-/slow", b"0")
"""
FIGURES = """
open({figures!r}, "w").write(json.dumps(found))
"""
BOTO3_PUT = """
s3 = boto3.client("s3", endpoint_url={secure!r}, verify={certificate!r}, **keys)
def handler(event, context):
    return s3.put_object(Bucket="leads", Key="raw/one.json", Body=b"x" * 2048)
"""


class Case(msgspec.Struct, frozen=True):
    """A function with an event whose every invocation has so many leads to do."""

    function: str
    leads: int
    event: Mapping[str, Any]
    expected: str = "is not None"


class Found(msgspec.Struct, frozen=True):
    """Milliseconds of CPU (medians), waits by kind, calls by kind, bytes of log an invocation."""

    imported: float
    first: float
    warm: float
    closed: float
    forgotten: float
    waits: Mapping[str, int]
    calls: Mapping[str, int]
    log_bytes: float


class Stage(msgspec.Struct, frozen=True):
    """Where the functions run."""

    folder: Path
    plain: str
    secure: str
    code: Mapping[str, str]

    def environ(self) -> dict[str, str]:
        trusting = {"SSL_CERT_FILE": str(self.folder / CERTIFICATE)}
        return environment(self.secure) | trusting

    def run(self, folder: str, imports: str, event: object, expected: str, more: str) -> list[Any]:
        """A child's figures, and what it wrote of a log between its marks, in two streams."""
        figures = str(self.folder / "figures.json")
        words = {
            "folder": folder, "imports": imports, "timeout": 30, "expected": expected,
            "event": event, "plain": self.plain, "figures": figures,
            "warm": WARM, "broken": BROKEN, "slow": SLOW_MS,
        }  # fmt: skip
        urllib3.request("POST", f"{self.plain}/-/reset")
        code = (CHILD + more + FIGURES).format(**words)
        child = subprocess.run(
            [sys.executable, "-I", "-S", "-B", "-c", code],
            env=self.environ(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if child.returncode:
            raise RuntimeError(f"{imports}\nends badly:\n{child.stderr[-3000:]}")
        logged = [stream.split("-" * 8 + "\n") for stream in (child.stdout, child.stderr)]
        return [json.loads(Path(figures).read_text()), *logged]

    def measure(self, case: Case) -> Found:
        """One function with one event, started several times, and warm in the last of them."""
        imports = f"from leadline.entrypoints.aws.{case.function.lower()} import handler, _parts"
        folder = self.code[case.function]
        starts = [
            self.run(folder, imports, case.event, case.expected, "")[0] for _ in range(STARTS)
        ]
        told, out, err = self.run(folder, imports, case.event, case.expected, WARM_CHILD)
        lines = [*out[1].splitlines(), *err[1].splitlines()]
        calls = [(KINDS[name], began, ended) for name, began, ended in told["calls"]]
        return Found(
            imported=statistics.median(one["imported"] for one in starts),
            first=statistics.median(one["first"] for one in starts),
            warm=statistics.median(told["warm"]),
            closed=statistics.median(told["closed"]),
            forgotten=statistics.median(told["forgotten"]),
            waits=Counter(chain(calls)),
            calls=Counter(kind for kind, _, _ in calls),
            log_bytes=sum(len(line.encode()) + EVENT_BYTES for line in lines) / WARM,
        )

    def baselines(self) -> dict[str, float]:
        """Milliseconds of CPU: a bare interpreter, boto3 with two clients, a put of boto3's, and
        a handler that does nothing."""
        boto = str(Path(boto3.__file__).parent.parent)
        put = BOTO3 + BOTO3_PUT.format(
            secure=self.secure, certificate=str(self.folder / CERTIFICATE)
        )
        warm = 'found["warm"] = many({warm})\n'
        empty = "def handler(event, context):\n    return {}"
        bare = [self.run("", empty, {}, "== {}", warm)[0] for _ in range(STARTS)]
        full = [self.run(boto, put, {}, "is not None", warm)[0] for _ in range(3)]
        return {
            "bare": statistics.median(one["imported"] for one in bare),
            "empty": statistics.median(bare[-1]["warm"]),
            "boto3": statistics.median(one["imported"] for one in full),
            "put": statistics.median(full[-1]["warm"]),
        }


def chain(calls: Sequence[tuple[str, float, float]]) -> Iterator[str]:
    """The kinds of the longest chain of calls that waited for one another."""
    free = 0.0
    for kind, began, ended in sorted(calls, key=lambda call: call[2]):
        if began >= free:
            free = ended
            yield kind


def refining(stage: Stage) -> list[Case]:
    """Batches of ten leads and of one, due."""
    event = batch(stage.plain)
    done = '== {"batchItemFailures": []}'
    return [
        Case("Refine", 1, {"Records": event["Records"][:1]}, done),
        Case("Refine", BATCH, event, done),
    ]


def delivering(stage: Stage, refine: Case) -> Case:
    """The alert of one lead, which is refined on the way."""
    caller = Caller(REGION, lambda: Keys("test", "test"), stage.plain)
    told = json.loads(refine.event["Records"][0]["body"])
    tasks = [Task(Step.REFINE, told["lead_id"])]
    names = environment(stage.plain)
    urls = queue_of_each_step(names["SQS_QUEUE_URL"], names["DELIVERY_QUEUE_URL"])
    queues = Queues(caller, urls)
    store = BatchStore(Table(caller, "leads"), Bucket(caller, "leads"), queues, tasks=tasks)
    refine_due(wiring.kit_of(Settings(), store, {"slack": quiet()}), 1)
    caller.close()
    message = json.dumps({**told, "channel": "slack"})
    records = [{"messageId": "m0", "body": message, "eventSource": "aws:sqs"}]
    return Case("Deliver", 1, {"Records": records}, '== {"batchItemFailures": []}')


def sweeping(stage: Stage, leads: int) -> Case:
    """A sweep that has so many archived leads behind its mark, all of which the table knows."""
    caller = Caller(REGION, lambda: Keys("test", "test"), stage.plain)
    table, bucket = Table(caller, "leads"), Bucket(caller, "leads")
    at = datetime.now(UTC) - timedelta(minutes=20)
    keys = []
    for _ in range(leads + 1):
        lead_id = uuid7(at)
        keys.append(key_of("raw", lead_id, at))
        bucket.put(keys[-1], b"{}")
        pk, sk = lead_key(lead_id)
        table.put_if({"pk": pk, "sk": sk}, "", {})
    table.put_if({"pk": "S#sweep", "sk": "state", "after": min(keys)}, "", {})
    caller.close()
    return Case("Sweep", leads, {}, f'["looked_at"] == {leads}')


def measured(stage: Stage) -> dict[tuple[str, int], Found]:
    """Every function, by the leads of an invocation."""

    def keep() -> None:
        urllib3.request("POST", f"{stage.plain}/-/keep")

    settings = SETTINGS.replace("http://127.0.0.1:9", stage.secure)
    found: dict[tuple[str, int], Found] = {}
    for leads in (1, SWEPT):  # ids never go back, and those of a sweep are the oldest
        clear(stage, settings)
        case = sweeping(stage, leads)
        keep()
        found["Sweep", leads] = stage.measure(case)
    clear(stage, settings)
    keep()
    found["Capture", 1] = stage.measure(Case("Capture", 1, delivery(), '["statusCode"] == 200'))
    one, ten = refining(stage)
    keep()
    found |= {("Refine", case.leads): stage.measure(case) for case in (one, ten)}
    urllib3.request("POST", f"{stage.plain}/-/reset")
    alert = delivering(stage, one)
    keep()
    found["Deliver", 1] = stage.measure(alert)
    return found


def clear(stage: Stage, settings: str) -> None:
    """Forget everything but the settings."""
    urllib3.request("POST", f"{stage.plain}/-/clear")
    urllib3.request("PUT", f"{stage.plain}/settings", body=settings.encode())


def run() -> Report:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        capture, _ = unpacked(capture_package(here()), folder)
        work, _ = unpacked(work_package(here()), folder)
        code = {"Capture": capture} | dict.fromkeys(("Refine", "Deliver", "Sweep"), work)
        with stub(folder) as (plain, secure):
            stage = Stage(folder, plain, secure, code)
            base = stage.baselines()
            found = measured(stage)
    lines, good = report(base, found)
    return Report(lines, good)


def report(
    base: Mapping[str, float], found: Mapping[tuple[str, int], Found]
) -> tuple[list[str], bool]:
    """The printable figures."""
    own = sum(len(line) + EVENT_BYTES for line in (START_LINE, REPORT_LINE))
    lines = [
        f"CPU of an empty handler {base['empty']:.3f} ms, of one boto3 put {base['put']:.1f} ms; "
        f"start of a bare interpreter {base['bare']:.0f} ms, of boto3 with two clients over it "
        f"{base['boto3'] - base['bare']:.0f} ms",
        f"log lines of Lambda itself with LogLevel=debug: {own} bytes an invocation, "
        f"{len(INIT_LINE) + EVENT_BYTES} a cold start",
    ]
    for (function, leads), one in found.items():
        imports, first = one.imported - base["bare"], one.first - one.warm
        ratio = (imports + first) / (base["boto3"] - base["bare"])
        lines += [
            f"{function}, {leads:,} lead{'s' if leads > 1 else ''}: {one.warm:.1f} ms of CPU warm, "
            f"{one.warm / base['put']:.1f} of boto3's puts; over connections made anew "
            f"{one.closed - one.warm:+.1f} ms, with the settings read "
            f"{one.forgotten - one.warm:+.1f} ms",
            f"  cold: imports {imports:.0f} ms of CPU, the first answer {first:.0f} ms more than a "
            f"warm one; ratio {ratio:.2f} to boto3 with two clients",
            f"  calls: {shown(one.calls)}; one after another: {shown(one.waits)}",
            f"  log: {one.log_bytes:.0f} bytes, with LogLevel=debug {one.log_bytes + own:.0f}",
        ]
    good = all(
        found[name, 1].warm <= PUTS * base["put"] for name in ("Capture", "Refine", "Deliver")
    )
    return lines, good


def shown(counts: Mapping[str, int]) -> str:
    """Counts on one line."""
    return ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
