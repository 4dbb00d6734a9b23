"""`leadline deploy aws`, `status aws`, `logs` and `destroy aws` against the emulator."""

import dataclasses
import io
import json
import os
import pty
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leadline.cloud import change_sets, deploying, stacks
from leadline.cloud.session import Cloud, CloudError, connect
from tests.aws.deployment import PARAMETERS, Deployment, operator_environment, run_command
from tests.standins.emulator import REGION, Emulator

pytestmark = pytest.mark.aws


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("operator")


@pytest.fixture(scope="module")
def deployed(emulator: Emulator, folder: Path) -> Deployment:
    """A stack that tests may look at and deploy again, but not take away."""
    emulator.reset()
    return Deployment(emulator, folder, settings='max_body = "2MiB"\n')


@pytest.fixture(scope="module")
def cloud(emulator: Emulator) -> Iterator[Cloud]:
    """The emulator as our own code sees it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AWS_PROFILE", raising=False)
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield connect(REGION)


def run(emulator: Emulator, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_command(emulator, folder, *words)


# --- deploy -----------------------------------------------------------------------------------


def test_a_deployment_tells_where_senders_post_and_what_it_made(deployed: Deployment) -> None:
    assert deployed.url.startswith(f"{deployed.emulator.endpoint}/_aws/execute-api/")
    assert deployed.url.endswith("/prod/webhook")
    assert deployed.outputs["WebhookUrl"].endswith("/prod/webhook")
    assert deployed.told["status"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def test_the_functions_run_the_code_that_was_packaged(deployed: Deployment) -> None:
    functions = deployed.client("lambda")
    for output, key in (("CaptureName", "capture"), ("SweepName", "work")):
        told = functions.get_function(FunctionName=deployed.outputs[output])
        assert told["Configuration"]["Runtime"] == "provided.al2023"
        (package,) = [k for k in deployed.told["packages"] if key in k]
        name = f"leadline-code-000000000000-{REGION}"
        body = deployed.client("s3").get_object(Bucket=name, Key=package)["Body"].read()
        assert told["Configuration"]["CodeSize"] == len(body)
        archive = zipfile.ZipFile(io.BytesIO(body))
        assert archive.getinfo("bootstrap").external_attr >> 16 & 0o111
        assert {"awslambdaric/__main__.py", "simplejson/__init__.py"} <= set(archive.namelist())


def test_settings_go_where_the_functions_read_them(deployed: Deployment) -> None:
    assert deployed.outputs["SettingsReference"] == "ssm:/leadline/leadline/settings"
    kept = deployed.client("ssm").get_parameter(
        Name="/leadline/leadline/settings", WithDecryption=True
    )["Parameter"]
    assert (kept["Type"], kept["Value"]) == ("SecureString", 'max_body = "2MiB"\n')


def test_deploying_again_changes_nothing_and_uploads_nothing(deployed: Deployment) -> None:
    params = str(deployed.folder / "leadline.params.json")
    done = deployed.run("deploy", "aws", "--yes", "--params", params)
    assert done.returncode == 0, done.stderr
    assert "no changes" in done.stdout
    assert done.stderr.count("is there already") == 2
    assert re.search(
        r"\$\d+\.\d\d a month at list price, \$\d+\.\d\d with the free tier", done.stderr
    )
    assert f"curl {deployed.url} " in done.stdout
    assert parameter_value(deployed) == 'max_body = "2MiB"\n'


def parameter_value(deployed: Deployment) -> str:
    kept = deployed.client("ssm").get_parameter(
        Name="/leadline/leadline/settings", WithDecryption=True
    )
    return str(kept["Parameter"]["Value"])


def test_an_update_changes_what_is_given_and_keeps_the_rest(deployed: Deployment) -> None:
    path = deployed.folder / "one.toml"
    path.write_text("RefineMemory = 640\n")
    done = deployed.run("deploy", "aws", "--yes", "--json", "--params", str(path))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    # The emulator also names resources that are not made, since their condition does not hold.
    found = deployed.client("cloudformation").describe_stack_resources(StackName="leadline")
    made = {resource["LogicalResourceId"] for resource in found["StackResources"]}
    changed = [(c["action"], c["resource"]) for c in told["changes"] if c["resource"] in made]
    assert changed == [("Modify", "Refine")]
    (stack,) = deployed.client("cloudformation").describe_stacks(StackName="leadline")["Stacks"]
    now = stacks.parameters_of(stack)
    assert (now["RefineMemory"], now["Delay"]) == ("640", PARAMETERS["Delay"])


def test_new_settings_arrive_though_the_stack_does_not_change(deployed: Deployment) -> None:
    before = parameter_value(deployed)
    deployed.deploy(settings='max_body = "3MiB"\n', RefineMemory=640)
    assert deployed.told["changes"] == []
    assert before != parameter_value(deployed) == 'max_body = "3MiB"\n'


@pytest.mark.parametrize("stack", ["leadline", "another"])
def test_a_dry_run_shows_the_changes_and_leaves_nothing(deployed: Deployment, stack: str) -> None:
    path = deployed.folder / "dry.json"
    path.write_text(json.dumps({**PARAMETERS, "SweepMemory": 1024}))
    done = deployed.run("deploy", "aws", "--dry-run", "--stack", stack, "--params", str(path))
    assert done.returncode == 0, done.stderr
    assert "Sweep " in done.stdout
    assert "AWS::Lambda::Function" in done.stdout
    cfn = deployed.client("cloudformation")
    names = {s["StackName"] for s in cfn.describe_stacks()["Stacks"]}
    assert "another" not in names
    waiting = cfn.list_change_sets(StackName="leadline")["Summaries"]
    assert [c for c in waiting if c["ExecutionStatus"] == "AVAILABLE"] == []


def test_a_wrong_parameter_is_refused_with_the_near_one(deployed: Deployment) -> None:
    path = deployed.folder / "wrong.toml"
    path.write_text("refine_memory = 512\n")
    done = deployed.run("deploy", "aws", "--yes", "--params", str(path))
    assert done.returncode == 2
    assert "refine_memory; did you mean RefineMemory?" in done.stderr


def test_a_value_that_the_template_forbids_is_told_by_cloudformation(
    deployed: Deployment,
) -> None:
    path = deployed.folder / "loud.toml"
    path.write_text('LogLevel = "loud"\n')
    done = deployed.run("deploy", "aws", "--yes", "--params", str(path))
    assert done.returncode == 1
    assert "CreateChangeSet was refused" in done.stderr
    assert "LogLevel" in done.stderr


def test_wrong_settings_are_refused_before_anything_happens(
    deployed: Deployment,
) -> None:
    path = deployed.folder / "wrong-settings.toml"
    path.write_text('dealy = "5m"\n')
    done = deployed.run("deploy", "aws", "--yes", "--settings", str(path))
    assert done.returncode == 2
    assert "dealy" in done.stderr


# --- deployments that fail, are interrupted, or would lose leads --------------------------------

BUCKET = """
Parameters:
  CodeBucket: { Type: String }
  CaptureCode: { Type: String }
  WorkCode: { Type: String }
  Runtime: { Type: String, Default: provided.al2023 }
  Architecture: { Type: String, Default: x86_64 }
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    Properties: { BucketName: NAME }
"""
REFUSED = """
  Refused:
    Type: AWS::SQS::Queue
    DependsOn: Bucket
    Properties: { VisibilityTimeout: 99999 }
"""


def order(stack: str, template: str) -> deploying.DeploymentRequest:
    return deploying.DeploymentRequest(stack, template=template)


def deploy(cloud: Cloud, the_order: deploying.DeploymentRequest) -> dict[str, Any]:
    with deploying.planned(cloud, the_order, lambda _: None) as plan:
        return deploying.roll_out(cloud, plan, lambda _: None)


def test_a_failure_names_the_resource_that_failed_and_leaves_nothing(cloud: Cloud) -> None:
    failing = BUCKET.replace("NAME", "failing-bucket") + REFUSED
    with pytest.raises(CloudError) as caught:
        deploy(cloud, order("failing", failing))
    first, then = caught.value.detail.split("\n")
    assert first.startswith("Refused (AWS::SQS::Queue) is CREATE_FAILED: ")
    assert then == "Nothing is left of it; fix the problem and deploy again."
    buckets = [b["Name"] for b in cloud.client("s3").list_buckets()["Buckets"]]
    assert "failing-bucket" not in buckets


def test_what_a_failed_creation_left_is_cleared_by_the_next_deployment(cloud: Cloud) -> None:
    with pytest.raises(CloudError):
        deploy(cloud, order("twice", BUCKET.replace("NAME", "twice-bucket") + REFUSED))
    stack = stacks.need_stack(cloud.client("cloudformation"), "twice")
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    good = order("twice", BUCKET.replace("NAME", "twice-bucket"))
    with (
        pytest.raises(CloudError, match="without --dry-run it is deleted first"),
        deploying.planned(cloud, good, lambda _: None, dry_run=True),
    ):
        pass
    assert deploy(cloud, good)["StackStatus"] == "CREATE_COMPLETE"


class _NotRolledBack:
    """CloudFormation whose rollback of a creation fails, as it does on AWS where a protected table
    is in the way; the emulator deletes that."""

    def __init__(self, cfn: Any) -> None:
        self._cfn = cfn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cfn, name)

    def describe_stacks(self, **asked: Any) -> Any:
        told = self._cfn.describe_stacks(**asked)
        for stack in told["Stacks"]:
            if stack["StackStatus"] == "CREATE_COMPLETE":
                stack["StackStatus"] = "ROLLBACK_FAILED"
        return told


def test_a_creation_that_could_not_be_undone_is_cleared_and_what_stays_is_told(
    cloud: Cloud,
) -> None:
    deploy(cloud, order("stuck", BUCKET.replace("NAME", "stuck-bucket")))
    stuck = dataclasses.replace(
        cloud, _clients={"cloudformation": _NotRolledBack(cloud.client("cloudformation"))}
    )
    said: list[str] = []
    again = order("stuck", BUCKET.replace("NAME", "other-bucket"))
    with deploying.planned(stuck, again, said.append) as plan:
        assert [c.action for c in plan.changes] == ["Add"]
    assert "stuck is left over from a failed creation; deleting it first" in said
    assert "stuck-bucket (Bucket, AWS::S3::Bucket) is kept; delete it" in said
    cloud.client("s3").head_bucket(Bucket="stuck-bucket")


def test_an_update_that_fails_leaves_the_stack_as_it_was(cloud: Cloud) -> None:
    good = BUCKET.replace("NAME", "update-bucket")
    deploy(cloud, order("update", good))
    with pytest.raises(CloudError, match="The stack is as it was before"):
        deploy(cloud, order("update", good + REFUSED))
    assert deploy(cloud, order("update", good))["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_a_deployment_that_was_cut_off_before_its_end_is_finished_by_the_next(
    cloud: Cloud,
) -> None:
    text = BUCKET.replace("NAME", "cut-bucket")
    keys = [
        {"ParameterKey": name, "ParameterValue": "x"}
        for name in ("CodeBucket", "CaptureCode", "WorkCode")
    ]
    cfn = cloud.client("cloudformation")
    change_sets.propose(cfn, "cut", {"TemplateBody": text}, keys)  # and then it was killed
    assert stacks.need_stack(cfn, "cut")["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert deploy(cloud, order("cut", text))["StackStatus"] == "CREATE_COMPLETE"


def test_a_deployment_waits_for_one_that_is_still_going_on(cloud: Cloud) -> None:
    text = BUCKET.replace("NAME", "going-bucket")
    cfn = cloud.client("cloudformation")
    proposed = order("going", text)
    with deploying.planned(cloud, proposed, lambda _: None) as plan:
        cfn.execute_change_set(ChangeSetName=plan.proposal.change_set_id)
    with deploying.planned(cloud, proposed, lambda _: None) as plan:
        assert plan.changes == ()


def test_replacing_the_bucket_is_seen_as_a_danger(cloud: Cloud) -> None:
    deploy(cloud, order("danger", BUCKET.replace("NAME", "first-bucket")))
    other = order("danger", BUCKET.replace("NAME", "second-bucket"))
    with deploying.planned(cloud, other, lambda _: None) as plan:
        assert [(c.resource, c.action) for c in plan.dangers] == [("Bucket", "Modify")]
    renamed = BUCKET.replace("NAME", "first-bucket").replace("  Bucket:", "  Other:")
    with deploying.planned(cloud, order("danger", renamed), lambda _: None) as plan:
        assert [(c.resource, c.action) for c in plan.dangers] == [("Bucket", "Remove")]


OTHER_KEY = """
import sys
import leadline.infra
text = leadline.infra.template()
changed = text.replace("AttributeName: sk, KeyType: RANGE", "AttributeName: due_at, KeyType: RANGE")
assert changed != text
leadline.infra.template = lambda: changed
from leadline.entrypoints.cli._app import main
main()
"""


def test_a_new_table_in_the_place_of_the_leads_is_refused(deployed: Deployment) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OTHER_KEY, "deploy", "aws", "--yes"],
        env=operator_environment(deployed.emulator), cwd=deployed.folder,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Table would be replaced" in done.stderr
    assert "--allow-replacement" in done.stderr
    cfn = deployed.client("cloudformation")
    assert cfn.list_change_sets(StackName="leadline")["Summaries"][1:] == []
    table = cfn.describe_stack_resource(StackName="leadline", LogicalResourceId="Table")
    found = table["StackResourceDetail"]["PhysicalResourceId"]
    assert found == deployed.outputs["TableName"]


@pytest.mark.parametrize(("answer", "memory"), [(b"n\n", "512"), (b"y\n", "768")])
def test_on_a_terminal_it_asks_before_it_changes_anything(
    deployed: Deployment, answer: bytes, memory: str
) -> None:
    deployed.deploy(DeliverMemory=512)
    path = deployed.folder / "asked.toml"
    path.write_text("DeliverMemory = 768\n")
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answer)
        subprocess.run(
            [sys.executable, "-m", "leadline.entrypoints.cli", "deploy", "aws",
             "--params", str(path)],
            env=operator_environment(deployed.emulator), stdin=theirs, check=False,
            capture_output=True, timeout=60,
        )  # fmt: skip
    finally:
        os.close(ours)
        os.close(theirs)
    told = deployed.client("lambda").get_function_configuration(
        FunctionName=deployed.outputs["DeliverName"]
    )
    assert str(told["MemorySize"]) == memory


# --- status and logs --------------------------------------------------------------------------


def test_status_tells_what_runs_and_what_waits(deployed: Deployment) -> None:
    deployed.deploy()
    deployed.client("sqs").send_message(
        QueueUrl=deployed.outputs["DeliveryDeadLettersUrl"], MessageBody="{}"
    )
    done = deployed.run("status", "aws", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["queues"]["delivery dead letters"]["visible"] == 1
    assert told["queues"]["refine"] == {"visible": 0, "in_flight": 0, "delayed": 0}
    assert told["webhook_url"] == deployed.url
    digests = {key.rpartition("-")[2].removesuffix(".zip") for key in deployed.told["packages"]}
    assert {version.split()[1] for version in told["code"].values()} == digests
    shown = deployed.run("status", "aws")
    assert "delivery dead letters" in shown.stdout


def test_status_of_a_stack_that_is_not_there_is_an_error(deployed: Deployment) -> None:
    done = deployed.run("status", "aws", "--stack", "nowhere")
    assert done.returncode == 1
    assert "there is no stack nowhere" in done.stderr


def test_logs_show_what_the_functions_said_of_a_lead(deployed: Deployment) -> None:
    lead = "0195a3c2-0000-7000-8000-000000000001"
    logs = deployed.client("logs")
    group = {"logGroupName": "/leadline/leadline/refine", "logStreamName": "test"}
    logs.create_log_stream(**group)
    now = int(time.time() * 1000)
    lines = [{"level": "info", "event": "refine.done", "lead": one} for one in (lead, "other")]
    logs.put_log_events(
        **group, logEvents=[{"timestamp": now, "message": json.dumps(line)} for line in lines]
    )
    done = deployed.run("logs", "--function", "refine", "--lead", lead)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"refine  info    refine.done lead={lead}\n")
    assert "other" not in done.stdout
    as_json = deployed.run("logs", "--json", "--function", "refine").stdout.splitlines()
    told = [json.loads(line) for line in as_json]
    assert [line["lead"] for line in told if line["lead"] in (lead, "other")] == [lead, "other"]
    assert {line["function"] for line in told} == {"refine"}


# --- destroy ----------------------------------------------------------------------------------


def test_destroying_asks_somebody_or_needs_to_be_told(deployed: Deployment) -> None:
    done = deployed.run("destroy", "aws")
    assert done.returncode == 2
    assert "--yes" in done.stderr
    assert deployed.run("status", "aws").returncode == 0


def test_destroying_keeps_the_leads_until_they_are_to_go_too(
    emulator: Emulator, folder: Path
) -> None:
    gone = Deployment(emulator, folder, stack="gone", parameters={"AccountLogsRole": False})
    bucket, table = gone.outputs["BucketName"], gone.outputs["TableName"]
    s3 = emulator.client("s3")
    for body in (b"{}", b"[]"):
        s3.put_object(Bucket=bucket, Key="raw/2026/03/02/a.json", Body=body)
    s3.delete_object(Bucket=bucket, Key="raw/2026/03/02/a.json")

    first = run(emulator, folder, "destroy", "aws", "--stack", "gone", "--yes", "--json")
    assert first.returncode == 0, first.stderr
    left = json.loads(first.stdout)["remains"]
    assert sorted(line.split()[0] for line in left) == sorted(
        [bucket, table, "/leadline/gone/settings", f"leadline-code-000000000000-{REGION}"]
    )
    assert len(s3.list_object_versions(Bucket=bucket)["Versions"]) == 2

    second = run(emulator, folder, "destroy", "aws", "--stack", "gone", "--delete-data", "--yes")
    assert second.returncode == 0, second.stderr
    assert f"the bucket {bucket} and 3 versions" in second.stderr
    assert bucket not in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert table not in emulator.client("dynamodb").list_tables()["TableNames"]
    named = [{"Key": "Name", "Values": ["/leadline/gone/settings"]}]
    assert emulator.client("ssm").describe_parameters(ParameterFilters=named)["Parameters"] == []


def test_stack_and_leads_go_at_once_when_that_is_meant(emulator: Emulator, folder: Path) -> None:
    Deployment(emulator, folder, stack="atonce", parameters={"AccountLogsRole": False})
    done = run(
        emulator, folder, "destroy", "aws", "--stack", "atonce", "--delete-data", "--yes", "--json"
    )
    assert done.returncode == 0, done.stderr
    assert [line.split(" (")[0] for line in json.loads(done.stdout)["remains"]] == [
        "a last backup of the table, which DynamoDB keeps for 35 days",
        f"leadline-code-000000000000-{REGION}",
    ]
