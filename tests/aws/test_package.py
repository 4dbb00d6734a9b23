"""A stack that another tool deploys from the folder of `leadline package aws`."""

import json
from pathlib import Path
from typing import Any

import pytest
import urllib3

from leadline.standins.slack_inbox import SlackInbox
from tests.aws.deployment import PARAMETERS, run_command
from tests.aws.test_end_to_end import eventually
from tests.standins.emulator import REGION, Emulator

pytestmark = pytest.mark.aws

STACK, BUCKET = "packaged", "code-of-example"


def packaged(emulator: Emulator, folder: Path) -> dict[str, Any]:
    done = run_command(
        emulator, folder, "package", "aws", "--out", "out", "--json",
        "--runtime", str(PARAMETERS["Runtime"]), "--architecture", str(PARAMETERS["Architecture"]),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def deployed(emulator: Emulator, folder: Path, told: dict[str, Any]) -> str:
    """Create the stack as a pipeline would; returns the URL for deliveries."""
    s3, cfn = emulator.client("s3"), emulator.client("cloudformation")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    for name, about in told["files"].items():
        content = (folder / "out" / name).read_bytes()
        s3.put_object(Bucket=BUCKET, Key=about.get("key", name), Body=content)
    values = {**PARAMETERS, **told["parameters"], "CodeBucket": BUCKET}
    cfn.create_stack(
        StackName=STACK,
        TemplateURL=f"{emulator.endpoint}/{BUCKET}/template.yaml",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[
            {"ParameterKey": name, "ParameterValue": str(value).lower() if value in (True, False)
             else str(value)}
            for name, value in values.items()
        ],
    )  # fmt: skip
    cfn.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1})
    api = cfn.describe_stack_resource(StackName=STACK, LogicalResourceId="Api")
    return (
        f"{emulator.endpoint}/_aws/execute-api/"
        f"{api['StackResourceDetail']['PhysicalResourceId']}/prod/webhook"
    )


def test_a_lead_goes_through_a_stack_that_was_deployed_from_the_folder(
    emulator: Emulator, slack: SlackInbox, tmp_path: Path
) -> None:
    emulator.reset()
    emulator.client("ssm").put_parameter(
        Name=f"/leadline/{STACK}/settings",
        Type="SecureString",
        Value=f'slack_webhook_url = "{slack.webhook_url}"\n',
    )
    url = deployed(emulator, tmp_path, packaged(emulator, tmp_path))
    lead = {"name": "Ada Example", "email": "ada@example.com"}
    answer = urllib3.request("POST", url, json=lead, timeout=30, retries=False)
    assert answer.status == 200, answer.data
    eventually(lambda: slack.wait_for(1, timeout=0.1))
    status = run_command(emulator, tmp_path, "leads", "--aws", STACK, "--json")
    assert status.returncode == 0, status.stderr
    assert json.loads(answer.data)["lead_id"] in status.stdout
