"""The restore drill: what was deleted comes back, nothing is told twice, and how long that took.

`make drill-restore` prints the figures: leads lost (the recovery point) and seconds (the recovery
time), on the emulator, where the table's own restore to a point in time is not to be had.
"""

import json
import time

import pytest

from leadline.standins.slack_inbox import SlackInbox
from tests.aws.deployment import Deployment
from tests.aws.test_end_to_end import eventually, keys_of, send, settings_text, told
from tests.standins.emulator import Emulator

pytestmark = pytest.mark.aws

LEADS = 60


@pytest.fixture(scope="module")
def stack(
    emulator: Emulator, slack: SlackInbox, tmp_path_factory: pytest.TempPathFactory
) -> Deployment:
    """A stack with leads that were told, and some that wait for days."""
    emulator.reset()
    folder = tmp_path_factory.mktemp("restore")
    text = settings_text(slack).replace("slack_per_second = 5", "slack_per_second = 100")
    made = Deployment(
        emulator, folder, stack="old", settings=text,
        parameters={"Delay": "1s", "SweepSchedule": "rate(1 day)", "TableProtection": False},
    )  # fmt: skip
    ids = {send(made, name=f"Person {n}", email=f"p{n}@example.com") for n in range(LEADS)}
    eventually(lambda: ids <= set(told(slack)), 120)
    return made


def verified(stack: Deployment) -> dict[str, int]:
    done = stack.run("verify", "--deep", "--json", "--aws", stack.stack)
    assert done.returncode == 0, done.stdout + done.stderr
    account: dict[str, int] = json.loads(done.stdout)
    return account


def report(what: str, lost: int, seconds: float) -> None:
    print(f"\n{what}: {lost} of {LEADS} leads lost, {seconds:.1f} s")


def test_a_deleted_document_comes_back_from_its_version(stack: Deployment) -> None:
    s3, bucket = stack.client("s3"), stack.outputs["BucketName"]
    key = keys_of(stack, "raw/")[0]
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.delete_object(Bucket=bucket, Key=key)
    assert key not in keys_of(stack, "raw/")
    start = time.monotonic()
    versions = s3.list_object_versions(Bucket=bucket, Prefix=key)
    (marker,) = versions["DeleteMarkers"]
    s3.delete_object(Bucket=bucket, Key=key, VersionId=marker["VersionId"])
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == body
    report("a deleted document", 0, time.monotonic() - start)
    assert verified(stack)["accepted"] == LEADS


def test_a_lost_table_is_written_anew_from_the_archive(
    stack: Deployment, slack: SlackInbox
) -> None:
    before = len(slack.messages)
    dynamodb, name = stack.client("dynamodb"), stack.outputs["TableName"]
    made = dynamodb.describe_table(TableName=name)["Table"]
    dynamodb.delete_table(TableName=name)
    start = time.monotonic()
    dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        KeySchema=made["KeySchema"], AttributeDefinitions=made["AttributeDefinitions"],
        GlobalSecondaryIndexes=[
            {part: index[part] for part in ("IndexName", "KeySchema", "Projection")}
            for index in made["GlobalSecondaryIndexes"]
        ],
    )  # fmt: skip
    done = stack.run("rebuild", "--json", "--aws", stack.stack)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "seen": LEADS, "events": LEADS, "refined": LEADS, "damaged": 0,
    }  # fmt: skip
    account = verified(stack)
    report("a lost table", LEADS - account["accepted"], time.monotonic() - start)
    assert account["accepted"] == LEADS
    again = json.loads(stack.run("rebuild", "--json", "--aws", stack.stack).stdout)
    assert (again["events"], again["refined"]) == (0, 0)
    time.sleep(3)
    assert len(slack.messages) == before, "nobody is told twice"


def test_a_stack_in_another_region_takes_over_from_the_copied_archive(
    stack: Deployment, slack: SlackInbox, emulator: Emulator
) -> None:
    before = len(slack.messages)
    s3, source = stack.client("s3"), stack.outputs["BucketName"]
    start = time.monotonic()
    text = settings_text(slack)
    new = Deployment(emulator, stack.folder, stack="new", settings=text,
                     parameters={"SweepSchedule": "rate(1 day)"})  # fmt: skip
    for key in (*keys_of(stack, "raw/"), *keys_of(stack, "refined/")):
        s3.copy_object(Bucket=new.outputs["BucketName"], Key=key,
                       CopySource={"Bucket": source, "Key": key})  # fmt: skip
    done = new.run("rebuild", "--json", "--aws", "new")
    assert done.returncode == 0, done.stderr
    account = verified(new)
    report("a lost region", LEADS - account["accepted"], time.monotonic() - start)
    assert account["accepted"] == LEADS
    # A sender that comes back is known there, too.
    again = send(new, name="Person 1", email="p1@example.com")
    time.sleep(3)
    assert again in "".join(keys_of(stack, "raw/"))
    assert len(slack.messages) == before
