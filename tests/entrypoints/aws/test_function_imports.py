"""What a function loads before its first event: its cold start, kept from growing unnoticed."""

import json
import platform
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from leadline.cloud.packages.packaging import Package, capture_package, work_package
from leadline.cloud.packages.wheels import Target
from tests.standins.scripted_server import ScriptedServer, answer
from tests.standins.slack_presses import press_body, signed_headers

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="what is installed here runs on no function"
)

HANDLERS = {
    "capture": "capture", "refine": "work", "deliver": "work", "sweep": "work", "tell_again": "work"
}  # fmt: skip
"""The zip that each handler runs from."""

THIRD_PARTIES = {"msgspec"}
"""All that any handler may load from others before its first event."""

# All of the standard library that importing any handler may load, in Python 3.11 to 3.14, besides
# what `logging` loads, which AWS's runtime client has loaded before. Who adds to it measures first
# (`python -m bench cold_start`).
OF_MSGSPEC = "annotationlib copy datetime decimal math numbers platform typing uuid"
OF_CALLS = "array base64 binascii bisect errno hashlib heapq hmac ipaddress random select selectors"
OF_TLS = "socket ssl struct urllib"
OF_SETTINGS = "fnmatch glob grp importlib ntpath pathlib pwd tomllib"
OF_NAMES = "unicodedata"
OF_COLD_STARTS = "gc"
STANDARD = set(
    " ".join((OF_MSGSPEC, OF_CALLS, OF_TLS, OF_SETTINGS, OF_NAMES, OF_COLD_STARTS)).split()
)

# Those that have crept in before, or would cost most; no answer needs them.
FOREIGN = (
    "apsw boto3 botocore dns dotenv email_validator httptools prometheus_client python_multipart "
    "requests rich typer typing_extensions urllib3 uvicorn uvloop"
)
HEAVY = (
    "ast asyncio concurrent dataclasses difflib email http importlib.metadata inspect pkgutil "
    "sqlite3 xml zipfile"
)
NEVER = {*FOREIGN.split(), *HEAVY.split()}

PROGRAM = """
import logging, sys
before = set(sys.modules)
sys.path.insert(0, sys.argv[1])
{body}
print(*sorted(set(sys.modules) - before), file=sys.__stderr__)
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The code of the functions as it is packaged."""
    machine = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
    here = Target(f"{sys.version_info.major}.{sys.version_info.minor}", machine)
    return {
        package.name: unpacked(package, tmp_path_factory.mktemp(package.name))
        for package in (capture_package(here), work_package(here))
    }


def unpacked(package: Package, folder: Path) -> Path:
    for name, content in package.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def loaded(folder: Path, body: str, environ: dict[str, str] | None = None) -> set[str]:
    """What an interpreter that sees its own library and the folder has loaded at the end."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROGRAM.format(body=body), str(folder)],
        capture_output=True, text=True, env=environ or {}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def packages(modules: Iterable[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize("handler", HANDLERS)
def test_importing_a_handler_loads_nothing_but_this(folders: dict[str, Path], handler: str) -> None:
    modules = loaded(folders[HANDLERS[handler]], f"import leadline.entrypoints.aws.{handler}")
    others = packages(modules) - sys.stdlib_module_names
    assert others == {"leadline"} | THIRD_PARTIES
    standard = packages(modules) & sys.stdlib_module_names
    assert {name for name in standard if name[0] != "_"} <= STANDARD
    assert NEVER & (modules | standard) == set()


COMPILED = """
import re
eager = []
compile = re.compile
def noted(*given, **named):
    of = sys._getframe(1).f_globals["__name__"]
    if of.startswith("leadline."):
        eager.append(of)
    return compile(*given, **named)
re.compile = noted
import leadline.entrypoints.aws.{handler}
assert len(eager) < 10, f"use model.patterns.late: {{eager}}"
"""


@pytest.mark.parametrize("handler", HANDLERS)
def test_importing_a_handler_compiles_few_regular_expressions(
    folders: dict[str, Path], handler: str
) -> None:
    loaded(folders[HANDLERS[handler]], COMPILED.format(handler=handler))


def test_capture_loads_no_back_half(folders: dict[str, Path]) -> None:
    modules = loaded(folders["capture"], "import leadline.entrypoints.aws.capture")
    back = (
        "leadline.refine",
        "leadline.journey.refinement.refining",
        "leadline.alerts",
        "leadline.kit",
    )
    assert {m for m in modules if m.startswith((*back, "leadline.vendors.c"))} == set()


CALL = """
from leadline.entrypoints.aws.{handler} import handler
class Context:
    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    def get_remaining_time_in_millis(self):
        return 30_000
answer = handler({event!r}, Context())
assert answer == {answer!r} or answer["statusCode"] == 200, answer
"""
SETTINGS = """
region = "US"
slack_webhook_url = "http://127.0.0.1:9/services/T0/B0/none"
slack_signing_secret = ["8f742231b10e8888abcd99yyyzzz85a5"]
[sources.close]
country = "DE"
"""
OF_SLACK = (
    "leadline.journey.responding.claiming",
    "leadline.channels.slack.requests",
    "leadline.channels.slack.commands",
)
NOTHING = b'{"Responses":{},"UnprocessedKeys":{}}'


def after_a_call(folder: Path, handler: str, event: object, expected: object) -> set[str]:
    """What is loaded after an event was answered; of AWS, only the settings are there."""
    parameter = json.dumps({"Parameter": {"Value": SETTINGS}}).encode()
    with ScriptedServer(answer("200 OK", parameter), answer("200 OK", NOTHING)) as aws:
        environ = {
            "AWS_ENDPOINT_URL": aws.endpoint,
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "TABLE_NAME": "leads",
            "S3_BUCKET": "leads",
            "SQS_QUEUE_URL": f"{aws.endpoint}/1/refine",
            "DELIVERY_QUEUE_URL": f"{aws.endpoint}/1/deliver",
            "SETTINGS_REFERENCE": "ssm:/leads",
        }
        return loaded(folder, CALL.format(handler=handler, event=event, answer=expected), environ)


def test_an_answer_of_capture_loads_one_source_and_nothing_of_refinement(
    folders: dict[str, Path],
) -> None:
    event = {
        "httpMethod": "POST",
        "path": "/webhook",
        "headers": {"content-type": "application/json"},
        "body": '{"name": "Ada Vance", "email": "ada@example.com"}',
    }
    modules = after_a_call(folders["capture"], "capture", event, None)
    sources = {m for m in modules if m.startswith("leadline.vendors.") and m.endswith(".webhook")}
    assert sources == {"leadline.vendors.generic.webhook"}
    assert {m for m in modules if m.startswith(("leadline.refine", *OF_SLACK))} == set()
    assert NEVER & (modules | packages(modules)) == set()


@pytest.mark.parametrize("path", ["/slack/actions", "/slack/commands"])
def test_an_answer_to_slack_loads_no_source_and_nothing_of_refinement(
    folders: dict[str, Path], path: str
) -> None:
    body = press_body({"type": "view_closed"}) if "actions" in path else b"ssl_check=1"
    event = {
        "httpMethod": "POST",
        "path": path,
        "resource": path,
        "headers": signed_headers(body, int(time.time())),
        "body": body.decode(),
    }
    modules = after_a_call(folders["capture"], "capture", event, None)
    assert set(OF_SLACK) < modules
    assert {
        m for m in modules if m.startswith("leadline.vendors.") and m.endswith(".webhook")
    } == set()
    back = (
        "leadline.refine",
        "leadline.journey.refinement.refining",
        "leadline.kit",
        "leadline.vendors._api",
    )
    assert {m for m in modules if m.startswith(back)} == set()
    assert NEVER & (modules | packages(modules)) == set()


def test_refining_loads_no_client_of_the_destinations(folders: dict[str, Path]) -> None:
    message = {"lead_id": "019cdc1f-d680-7163-9b74-41fc5c787f06", "s3_key": "k", "timestamp": "t"}
    event = {"Records": [{"messageId": "m1", "body": json.dumps(message)}]}
    unknown = {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    modules = after_a_call(folders["work"], "refine", event, unknown)
    assert NEVER & (modules | packages(modules)) == set()
    assert "phonenumbers" not in modules  # before the first number
