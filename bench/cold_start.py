"""Cold start: what a function costs before its first answer, and how large its zip is.

Method: the zips are built as for deployment and unpacked, so that the bytecode in them is what is
measured. Each figure is a fresh interpreter that sees its own library and one folder, from its
start to its end, less the same interpreter doing nothing; the least of many rounds counts, and
within a round everything runs in turn. Ratios are of CPU time, for a function of 256 MB has a
seventh of a core, and CPU time does not depend on what else this machine does. The baseline is
boto3 with clients of S3 and SQS made, before any call.

Handlers answer real events (a signed delivery of Close; ten messages whose leads are due) against
`bench.aws_stub` on loopback. On AWS there is TLS as well; its lines have no gate. There
the stand-in's certificate is all that is trusted, which costs what trusting AWS's own roots costs.
"""

import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import boto3
import msgspec
import urllib3

from bench.refine import body
from bench.report import Report
from leadline.cloud.packages.packaging import Package, capture_package, work_package
from leadline.cloud.packages.wheels import Target
from leadline.journey.receiving.capture import CaptureKit, read
from leadline.model.formats import iso, key_of
from leadline.model.lead import Delivery
from leadline.model.task import Step
from leadline.net.aws.calls import Caller
from leadline.net.aws.signing import Keys
from leadline.settings.top.general import Settings
from leadline.standins.samples import DEMO_SECRETS, samples
from leadline.stores.aws.bucket import Bucket
from leadline.stores.aws.clocks.message_queues import Queues
from leadline.stores.aws.store import AwsStore
from leadline.stores.aws.table import Table
from leadline.wiring import sources

ROUNDS = 15
BATCH = 10
GATE_CAPTURE, GATE_REFINE = 0.33, 0.7
GATE_CAPTURE_MB, GATE_WORK_MB = 8, 15
REGION = "eu-west-1"
CERTIFICATE = "certificate.pem"

BOTO3 = """
import boto3
keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "eu-west-1"}
boto3.client("s3", **keys)
boto3.client("sqs", **keys)
"""
STORE = "import ssl; ssl.create_default_context()"
ROOTS = (
    "import ssl; from leadline.net.aws.amazon_roots import ROOTS; "
    "ssl.create_default_context(cadata=ROOTS)"
)
FIRST_ANSWER = """
from leadline.entrypoints.aws.{name} import handler
class Context:
    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    def get_remaining_time_in_millis(self):
        return 30_000
answer = handler({event!r}, Context())
assert answer {expected}, answer
"""
SETTINGS = f"""
region = "US"
slack_webhook_url = "http://127.0.0.1:9/services/T0/B0/none"
[sources.close]
secret = {json.dumps(DEMO_SECRETS["close"])}
"""


class Cost(msgspec.Struct, frozen=True):
    """Milliseconds of one interpreter."""

    cpu: float
    wall: float


class Program(msgspec.Struct, frozen=True):
    """What a fresh interpreter runs, seeing one folder beside its own library."""

    code: str
    folder: str = ""
    environ: Mapping[str, str] = {}

    def cost(self, errors: Path) -> Cost:
        """Run it once. It ends without tidying up, which functions never do."""
        code = f"import os, sys; sys.path.insert(0, {self.folder!r})\n{self.code}\nos._exit(0)"
        words = [sys.executable, "-I", "-S", "-B", "-c", code]
        streams = [
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, str(errors), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        ]
        began = perf_counter()
        child = os.posix_spawn(words[0], words, dict(self.environ), file_actions=streams)
        _, status, used = os.wait4(child, 0)
        wall = perf_counter() - began
        if status:
            raise RuntimeError(f"{words[-1]}\nends badly:\n{errors.read_text()}")
        return Cost((used.ru_utime + used.ru_stime) * 1e3, wall * 1e3)


@contextmanager
def stub(folder: Path) -> Iterator[tuple[str, str]]:
    """AWS's stand-in: its address over plain HTTP, and over TLS."""
    words = [sys.executable, "-m", "bench.aws_stub", *certificate_in(folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as aws:
        assert aws.stdout is not None
        plain, secure = aws.stdout.readline().split()
        try:
            yield f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}"
        finally:
            aws.communicate()


def certificate_in(folder: Path) -> tuple[str, str]:
    """A certificate of its own for 127.0.0.1, and its key."""
    certificate, key = str(folder / CERTIFICATE), str(folder / "key.pem")
    words = ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "2"]
    words += ["-subj", "/CN=stand-in", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*words, "-out", certificate, "-keyout", key], check=True, capture_output=True)
    return certificate, key


def unpacked(package: Package, folder: Path) -> tuple[str, float]:
    """Where a function's code lies now, and the megabytes of its zip."""
    data = package.zipped()
    zipfile.ZipFile(io.BytesIO(data)).extractall(folder / package.name)
    return str(folder / package.name), len(data) / 1e6


def environment(endpoint: str) -> dict[str, str]:
    """The environment of a function whose AWS is there."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "test",
        "TABLE_NAME": "leads",
        "S3_BUCKET": "leads",
        "SQS_QUEUE_URL": f"{endpoint}/000000000000/refine",
        "DELIVERY_QUEUE_URL": f"{endpoint}/000000000000/deliver",
        "SETTINGS_REFERENCE": "ssm:/leadline/leads/settings",
        "STACK_NAME": "leads",
    }


def delivery() -> dict[str, Any]:
    """A signed delivery of Close as API Gateway hands it over."""
    sample = samples(7, datetime.now(UTC))[0]
    return {
        "httpMethod": "POST",
        "path": sample.path,
        "pathParameters": {"source": sample.source},
        "headers": dict(sample.headers),
        "body": sample.body.decode(),
        "isBase64Encoded": False,
        "requestContext": {"domainName": "example.com", "path": sample.path},
    }


def batch(endpoint: str) -> dict[str, Any]:
    """Ten messages of SQS, whose leads the stand-in now has, due."""
    caller = Caller(REGION, lambda: Keys("test", "test"), endpoint)
    queues = Queues(caller, {Step.REFINE: environment(endpoint)["SQS_QUEUE_URL"]})
    store = AwsStore(Table(caller, "leads"), Bucket(caller, "leads"), queues)
    at, chance = datetime.now(UTC) - timedelta(minutes=1), Random(7)
    kit = CaptureKit(sources(Settings()), timedelta())
    deliveries = [Delivery("generic", body(number, chance), at) for number in range(BATCH)]
    leads = [lead for one in deliveries for lead in read(one, kit)]
    store.accept(leads)
    caller.close()
    messages = [
        {"lead_id": lead.id, "s3_key": key_of("raw", lead.id, at), "timestamp": iso(at)}
        for lead in leads
    ]
    return {
        "Records": [
            {"messageId": f"m{number}", "body": json.dumps(message), "eventSource": "aws:sqs"}
            for number, message in enumerate(messages)
        ]
    }


def programs(plain: str, secure: str, folder: Path, capture: str, work: str) -> dict[str, Program]:
    """What is run, by name; AWS's stand-in gets to know what the handlers ask for."""
    urllib3.request("PUT", f"{plain}/settings", body=SETTINGS.encode())
    query = batch(plain)
    urllib3.request("POST", f"{plain}/-/keep")
    fine = '["statusCode"] == 200'
    answered = FIRST_ANSWER.format(name="capture", event=delivery(), expected=fine)
    all_done = '== {"batchItemFailures": []}'
    refined = FIRST_ANSWER.format(name="refine", event=query, expected=all_done)
    trusting = {**environment(secure), "SSL_CERT_FILE": str(folder / CERTIFICATE)}
    return {
        "bare": Program(""),
        "boto3": Program(BOTO3, str(Path(boto3.__file__).parent.parent)),
        "capture imports": Program("import leadline.entrypoints.aws.capture", capture),
        "capture": Program(answered, capture, environment(plain)),
        "capture over TLS": Program(answered, capture, trusting),
        "refine imports": Program("import leadline.entrypoints.aws.refine", work),
        "refine": Program(refined, work, environment(plain)),
        "no trust": Program("import ssl"),
        "store": Program(STORE),
        "roots": Program(ROOTS, capture),
    }


def least(programs: Mapping[str, Program], aws: str, errors: Path) -> dict[str, Cost]:
    """The least cost of each program, over that of the one called "bare"; that one's own."""
    found: dict[str, list[Cost]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, program in programs.items():
            urllib3.request("POST", f"{aws}/-/reset")
            found[name].append(program.cost(errors))
    cpu = {name: min(one.cpu for one in costs) for name, costs in found.items()}
    wall = {name: min(one.wall for one in costs) for name, costs in found.items()}
    return {
        name: Cost(cpu[name] - cpu["bare"] * over, wall[name] - wall["bare"] * over)
        for name in programs
        for over in [name != "bare"]
    }


def here() -> Target:
    """This machine as a target, so that nothing is fetched."""
    machine = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return Target(f"{sys.version_info.major}.{sys.version_info.minor}", machine)


def run() -> Report:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        capture, capture_mb = unpacked(capture_package(here()), folder)
        work, work_mb = unpacked(work_package(here()), folder)
        with stub(folder) as (plain, secure):
            what = programs(plain, secure, folder, capture, work)
            cost = least(what, plain, folder / "errors")

    def line(name: str, gate: float | None = None) -> str:
        ratio = cost[name].cpu / cost["boto3"].cpu
        told = (
            f"{name}: {cost[name].cpu:.0f} ms of CPU, {cost[name].wall:.0f} ms; ratio {ratio:.2f}"
        )
        return told + (f" (gate {gate})" if gate else "")

    good = (
        cost["capture"].cpu <= GATE_CAPTURE * cost["boto3"].cpu
        and cost["refine"].cpu <= GATE_REFINE * cost["boto3"].cpu
        and capture_mb <= GATE_CAPTURE_MB
        and work_mb <= GATE_WORK_MB
    )
    lines = [
        f"over a bare interpreter ({cost['bare'].cpu:.0f} ms of CPU), boto3 with two clients: "
        f"{cost['boto3'].cpu:.0f} ms of CPU, {cost['boto3'].wall:.0f} ms",
        line("capture imports"),
        line("capture", GATE_CAPTURE),
        line("capture over TLS"),
        line("refine imports"),
        line("refine", GATE_REFINE),
        f"whom TLS trusts: {cost['roots'].cpu - cost['no trust'].cpu:.0f} ms of CPU for AWS's own "
        f"roots, {cost['store'].cpu - cost['no trust'].cpu:.0f} ms for this machine's store",
        f"capture.zip {capture_mb:.1f} MB (gate {GATE_CAPTURE_MB}), "
        f"work.zip {work_mb:.1f} MB (gate {GATE_WORK_MB})",
    ]
    figures = {f"{name.replace(' ', '_').lower()}_ms": one.cpu for name, one in cost.items()}
    figures |= {"capture_zip_mb": capture_mb, "work_zip_mb": work_mb}
    return Report(lines, good, figures)
