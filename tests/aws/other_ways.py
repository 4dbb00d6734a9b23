"""What tests of other ways to deploy share: programs, the package, a lead that goes through."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import urllib3

from leadline.standins.slack_inbox import SlackInbox
from tests.aws.deployment import PARAMETERS, operator_environment, run_command
from tests.aws.test_end_to_end import eventually
from tests.standins.emulator import REGION, Emulator

ROOT = Path(__file__).parents[2]
DEPLOYERS = ROOT / ".deployers"


def program(name: str) -> Path:
    """A program of npm. Raises FileNotFoundError if it is not installed."""
    found = DEPLOYERS / "node_modules" / ".bin" / name
    if not found.exists():
        raise FileNotFoundError(f"{found} is missing: run `make deployers`")
    return found


def python() -> Path:
    """The interpreter that has the CDK. Raises FileNotFoundError if it is not installed."""
    found = DEPLOYERS / "python" / "bin" / "python"
    if not found.exists():
        raise FileNotFoundError(f"{found} is missing: run `make deployers`")
    return found


def run(emulator: Emulator, folder: Path, *words: str | Path, **environment: str) -> str:
    """Run a program in *folder* whose AWS is the emulator; what it printed."""
    words = tuple(map(str, words))
    done = subprocess.run(
        words, cwd=folder, env=_environment(emulator, folder) | environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


def _environment(emulator: Emulator, folder: Path) -> dict[str, str]:
    """Node finds its packages, nothing is told to anybody, and nothing is kept for the next run."""
    return {
        **operator_environment(emulator),
        "AWS_REGION": REGION,
        "HOME": str(folder),
        "NODE_PATH": str(DEPLOYERS / "node_modules"),
        "PATH": f"{DEPLOYERS / 'node_modules' / '.bin'}:{os.environ['PATH']}",
        "SLS_NOTIFICATIONS_MODE": "off",
        "SLS_TELEMETRY_DISABLED": "1",
        "CDK_DISABLE_VERSION_CHECK": "1",
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }


def package(emulator: Emulator, folder: Path) -> dict[str, Any]:
    """What `leadline package aws` writes into the folder `package` in *folder*."""
    done = run_command(
        emulator, folder, "package", "aws", "--out", "package", "--json",
        "--runtime", str(PARAMETERS["Runtime"]), "--architecture", str(PARAMETERS["Architecture"]),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def as_texts(parameters: dict[str, Any]) -> dict[str, str]:
    """Values of parameters as CloudFormation takes them."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in parameters.items()
    }


def put_settings(emulator: Emulator, stack: str, slack: SlackInbox) -> None:
    """The settings of a stack that tells Slack's stand-in."""
    emulator.client("ssm").put_parameter(
        Name=f"/leadline/{stack}/settings",
        Type="SecureString",
        Value=f'slack_webhook_url = "{slack.webhook_url}"\n',
    )


def lead_is_told(emulator: Emulator, stack: str, slack: SlackInbox) -> str:
    """Deliver a lead to a stack's API, wait until Slack's stand-in heard of it; the lead's id."""
    cfn = emulator.client("cloudformation")
    api = cfn.describe_stack_resource(StackName=stack, LogicalResourceId="Api")
    stage = f"{api['StackResourceDetail']['PhysicalResourceId']}/prod"
    url = f"{emulator.endpoint}/_aws/execute-api/{stage}/webhook"
    lead = {"name": "Ada Example", "email": "ada@example.com"}
    answer = urllib3.request("POST", url, json=lead, timeout=30, retries=False)
    assert answer.status == 200, answer.data
    lead_id: str = json.loads(answer.data)["lead_id"]
    eventually(lambda: slack.wait_for(1, timeout=0.1))
    assert lead_id in json.dumps(slack.messages)
    return lead_id


def operators_can_work(
    emulator: Emulator, folder: Path, stack: str, lead_id: str, slack: SlackInbox
) -> None:
    """Check what `leadline … --aws STACK` tells of a stack whose only lead was told, and replay."""

    def told(*words: str) -> Any:
        done = run_command(emulator, folder, *words, "--aws", stack, "--json")
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)

    told("status")
    assert lead_id in json.dumps(told("leads"))
    assert told("show", lead_id)["refined"]["contact"]["email"] == "ada@example.com"
    told("replay", lead_id, "--from", "notify", "--yes")
    eventually(lambda: slack.wait_for(2, timeout=0.1))
