"""What the commands for AWS do to single services, on moto's AWS."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from leadline.cloud import remote_settings, tail
from leadline.cloud.code_bucket import (
    BODY_LIMIT,
    code_bucket_name,
    ensure_code_bucket,
    template_argument,
    upload,
)
from leadline.cloud.deploying import DeploymentRequest, planned
from leadline.cloud.destroying import DeletionPlan, delete_data, survey
from leadline.cloud.packages.carried import WEIGHTS, carried_before
from leadline.cloud.packages.packaging import Package
from leadline.cloud.session import Cloud, CloudError, connect, readable_errors
from leadline.cloud.stacks import need_stack
from leadline.cloud.state import stack_state
from leadline.installations import settings_check
from leadline.model.errors import ConfigurationError
from tests.infra.template_reading import PSEUDO, Stack

REGION = "eu-west-1"
USABLE = partial(settings_check.check, elsewhere=True)


@pytest.fixture(scope="module")
def cloud(moto: str) -> Iterator[Cloud]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        patch.setenv("AWS_ENDPOINT_URL", moto)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield connect(REGION)


# --- who we are -------------------------------------------------------------------------------


def test_an_endpoint_that_is_not_of_aws_is_an_emulator(cloud: Cloud, moto: str) -> None:
    assert (cloud.account, cloud.region, cloud.endpoint) == ("123456789012", REGION, moto)


def test_without_a_region_it_says_where_one_comes_from(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    with pytest.raises(ConfigurationError, match="--region"):
        connect()
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert connect().region == "eu-north-1"


def test_without_credentials_it_says_where_they_come_from(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(ConfigurationError, match="aws sso login"):
        connect(REGION)


def test_an_unknown_profile_is_named(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(ConfigurationError, match="nobody"):
        connect(REGION)


def test_an_address_where_nothing_listens_is_told(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(CloudError, match=r"127\.0\.0\.1:9.*is there a network"):
        connect(REGION)


def test_a_refusal_tells_the_operation_and_the_code(cloud: Cloud) -> None:
    refused = pytest.raises(CloudError, match=r"GetParameter was refused \(ParameterNotFound\)")
    with refused, readable_errors():
        cloud.client("ssm").get_parameter(Name="/none")


def test_without_boto3_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "boto3.py").write_text("raise ImportError('not here')")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    code += (
        "from leadline.entrypoints.cli._app import main\nsys.argv = ['leadline', 'status', 'aws']\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code + "main()"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "pip install boto3 packaging" in done.stderr


def test_other_commands_do_not_load_boto3() -> None:
    code = "import sys, leadline.entrypoints.cli; sys.exit('botocore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- the code bucket --------------------------------------------------------------------------


def test_the_code_bucket_is_private_however_often_it_is_made(cloud: Cloud) -> None:
    name = [ensure_code_bucket(cloud) for _ in range(2)][1]
    s3 = cloud.client("s3")
    assert name == f"leadline-code-123456789012-{REGION}"
    blocked = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert list(blocked.values()) == [True] * 4
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert "Status" not in s3.get_bucket_versioning(Bucket=name)


def test_on_aws_the_code_bucket_speaks_tls_only(cloud: Cloud) -> None:
    name = ensure_code_bucket(Cloud(cloud.account, cloud.region, "", cloud.session))
    policy = json.loads(cloud.client("s3").get_bucket_policy(Bucket=name)["Policy"])
    cloud.client("s3").delete_bucket_policy(Bucket=name)  # moto obeys it, and speaks plain HTTP
    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]


def test_files_that_settings_name_are_carried_on_while_the_settings_stay(cloud: Cloud) -> None:
    ensure_code_bucket(cloud)
    with_files = Package("work", {WEIGHTS: b"weights", "a.py": b""}, None, "carrying")
    without = Package("work", {"a.py": b""}, None, "carrying nothing")
    upload(cloud, with_files)
    upload(cloud, without)
    assert carried_before(cloud, with_files.key) == {WEIGHTS: b"weights"}
    assert carried_before(cloud, without.key) == {}
    assert carried_before(cloud, "") == {}
    assert carried_before(cloud, "0.1.0/work-gone.zip") is None


def test_a_package_is_uploaded_once(cloud: Cloud) -> None:
    ensure_code_bucket(cloud)
    package = Package("capture", {"a.py": b"pass"}, None, "0" * 64)
    assert [upload(cloud, package) for _ in range(2)] == [True, False]
    kept = cloud.client("s3").get_object(Bucket=code_bucket_name(cloud), Key=package.key)
    assert kept["Body"].read() == package.zipped()


def test_a_template_too_large_for_a_request_goes_by_the_bucket(cloud: Cloud) -> None:
    small, large = "a" * BODY_LIMIT, "ä" * BODY_LIMIT
    assert template_argument(cloud, small) == {"TemplateBody": small}
    url = template_argument(cloud, large)["TemplateURL"]
    key = url.partition(f"/{code_bucket_name(cloud)}/")[2]
    kept = cloud.client("s3").get_object(Bucket=code_bucket_name(cloud), Key=key)
    assert kept["Body"].read() == large.encode()


# --- the settings -----------------------------------------------------------------------------


def parameter(cloud: Cloud, name: str) -> dict[str, Any]:
    ssm = cloud.client("ssm")
    named = [{"Key": "Name", "Values": [name]}]
    (about,) = ssm.describe_parameters(ParameterFilters=named)["Parameters"]
    kept: dict[str, Any] = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    return {**kept, "Tier": about.get("Tier")}


def test_missing_settings_become_an_empty_file_that_can_be_read(
    cloud: Cloud, tmp_path: Path
) -> None:
    assert "new and empty" in remote_settings.put_settings(cloud, "ssm:/a/settings", None)
    kept = parameter(cloud, "/a/settings")
    assert kept["Type"] == "SecureString"
    path = tmp_path / "leadline.toml"
    path.write_text(kept["Value"])
    assert remote_settings.read_settings(path, USABLE) == kept["Value"]


def test_settings_stay_unless_new_ones_are_given(cloud: Cloud) -> None:
    remote_settings.put_settings(cloud, "ssm:/b/settings", 'delay = "5m"\n')
    assert "are unchanged" in remote_settings.put_settings(cloud, "ssm:/b/settings", None)
    assert parameter(cloud, "/b/settings")["Value"] == 'delay = "5m"\n'
    remote_settings.put_settings(cloud, "ssm:/b/settings", 'delay = "6m"\n')
    assert parameter(cloud, "/b/settings")["Value"] == 'delay = "6m"\n'


def test_long_settings_need_the_advanced_tier_and_longer_ones_a_secret(cloud: Cloud) -> None:
    long = "#" * (remote_settings.STANDARD_LIMIT + 1)
    assert remote_settings.needs_advanced_tier(long)
    assert not remote_settings.needs_advanced_tier(long[1:])
    remote_settings.put_settings(cloud, "ssm:/c/settings", long)
    assert parameter(cloud, "/c/settings")["Tier"] == "Advanced"
    longer = "#" * (remote_settings.ADVANCED_LIMIT + 1)
    with pytest.raises(ConfigurationError, match="SettingsSecretArn"):
        remote_settings.put_settings(cloud, "ssm:/c/settings", longer)
    secrets = cloud.client("secretsmanager")
    arn = secrets.create_secret(Name="settings", SecretString="#")["ARN"]
    remote_settings.put_settings(cloud, f"secretsmanager:{arn}", longer)
    assert secrets.get_secret_value(SecretId=arn)["SecretString"] == longer


def test_wrong_settings_are_refused_before_anything_happens(tmp_path: Path) -> None:
    path = tmp_path / "leadline.toml"
    path.write_text('dealy = "5m"\n')
    with pytest.raises(ConfigurationError, match=r"line 1: .*dealy"):
        remote_settings.read_settings(path, USABLE)


def test_settings_that_lack_something_for_a_crm_or_a_channel_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "leadline.toml"
    path.write_text('[crm.hubspot]\ntimeout = "9s"\n[channels.sales]\nkind = "teams"\n')
    with pytest.raises(ConfigurationError) as refused:
        remote_settings.read_settings(path, USABLE)
    assert "[channels.sales] url must be set" in refused.value.detail
    assert (
        "[crm.hubspot]: token or client_id with refresh_token must be set" in refused.value.detail
    )


def test_a_channel_for_troubles_is_refused_for_aws_whose_alarms_tell_of_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "leadline.toml"
    path.write_text(
        '[alerts]\ntrouble = "m"\n[channels.m]\nkind = "teams"\nurl = "https://t.example.com/"\n'
    )
    with pytest.raises(ConfigurationError, match="the alarms of the stack tell of troubles"):
        remote_settings.read_settings(path, USABLE)


def test_mail_by_ses_needs_no_credentials_where_the_settings_are_sent_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "leadline.toml"
    path.write_text('[channels.m]\nkind = "ses"\nsender = "a@example.com"\nto = "b@example.com"\n')
    assert "ses" in remote_settings.read_settings(path, USABLE)


LISTS = """
[rules.banks]
when = ["email domain in banks.csv:domain", "company not in banks.csv:name"]
team = "desk"
[teams.desk]
people = ["ann"]
[people.ann]
email = "ann@example.com"
"""


def test_holidays_of_people_by_region_are_refused_for_aws_with_their_dates(tmp_path: Path) -> None:
    path = tmp_path / "leadline.toml"
    path.write_text('[people.ann]\nholidays = "DE-BY"\n')
    with pytest.raises(ConfigurationError, match=r"people.ann.holidays: .* cannot look up DE-BY"):
        remote_settings.read_settings(path, USABLE)


# --- logs -------------------------------------------------------------------------------------

NOW = datetime.now(UTC).replace(microsecond=0)
LEAD = "0195a3c2-0000-7000-8000-000000000001"


@pytest.fixture
def groups(cloud: Cloud) -> Iterator[dict[str, str]]:
    client = cloud.client("logs")
    names = {name: f"/leadline/logs/{name}" for name in ("capture", "refine")}
    for group in names.values():
        client.create_log_group(logGroupName=group)
        client.create_log_stream(logGroupName=group, logStreamName="one")
    yield names
    for group in names.values():
        client.delete_log_group(logGroupName=group)


def write(cloud: Cloud, group: str, *lines: tuple[float, object]) -> None:
    """Lines that many seconds after NOW."""
    cloud.client("logs").put_log_events(
        logGroupName=group,
        logStreamName="one",
        logEvents=[
            {
                "timestamp": int((NOW.timestamp() + after) * 1000),
                "message": said if isinstance(said, str) else json.dumps(said),
            }
            for after, said in lines
        ],
    )


def test_lines_of_the_functions_are_merged_by_time(cloud: Cloud, groups: dict[str, str]) -> None:
    write(cloud, groups["capture"], (-30, {"event": "a"}), (-10, {"event": "c"}))
    write(cloud, groups["refine"], (-20, {"event": "b"}), (-5, "plain words"))
    lines = list(tail.log_lines(cloud, groups, NOW - timedelta(minutes=1)))
    assert [line.fields.get("event", line.fields.get("message")) for line in lines] == [
        "a", "b", "c", "plain words",
    ]  # fmt: skip
    assert [line.function for line in lines] == ["capture", "refine", "capture", "refine"]
    later = tail.log_lines(cloud, groups, NOW - timedelta(seconds=15))
    assert len(list(later)) == 2


def test_lines_of_one_lead_are_picked_out(cloud: Cloud, groups: dict[str, str]) -> None:
    write(cloud, groups["capture"], (-3, {"event": "a", "lead": LEAD}), (-2, {"event": "b"}))
    lines = list(tail.log_lines(cloud, groups, NOW - timedelta(minutes=1), LEAD))
    assert [line.fields["event"] for line in lines] == ["a"]


def test_what_lambda_tells_of_each_invocation_is_left_out_unless_it_failed(
    cloud: Cloud, groups: dict[str, str]
) -> None:
    done = {"time": "t", "type": "platform.report", "record": {"status": "success"}}
    late = {"time": "t", "type": "platform.report", "record": {"status": "timeout"}}
    metric = {"_aws": {"Timestamp": 1}, "Unrecovered": 0}
    write(cloud, groups["refine"], (-4, "START RequestId: 1"), (-3, done), (-2, metric), (-1, late))
    (line,) = tail.log_lines(cloud, groups, NOW - timedelta(minutes=1))
    assert line.fields["record"] == {"status": "timeout"}


def test_following_tells_each_line_once_and_late_ones_too(
    cloud: Cloud, groups: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "_POLL_S", 0.01)
    write(cloud, groups["capture"], (-9, {"event": "a"}), (-2, {"event": "b"}))
    lines = tail.log_lines(cloud, groups, NOW - timedelta(minutes=1), follow=True)
    told = [line.fields["event"] for line in islice(lines, 2)]
    write(cloud, groups["refine"], (-7, {"event": "late"}), (-1, {"event": "c"}))
    told += [line.fields["event"] for line in islice(lines, 2)]
    assert told == ["a", "b", "late", "c"]


def test_a_line_for_eyes_begins_with_time_function_level_and_event() -> None:
    fields = {"time": "t", "level": "warning", "event": "refine.retry", "lead": LEAD, "count": 3}
    text = tail.as_text(tail.LogLine(NOW, "refine", {**fields, "frames": ["a:1", "b:2"]}))
    assert text == (
        f"{NOW.astimezone():%Y-%m-%d %H:%M:%S} refine  warning refine.retry"
        f" lead={LEAD} count=3 frames=a:1,b:2"
    )


def test_a_line_for_scripts_is_json_with_the_function() -> None:
    (text,) = tail.as_json_lines([tail.LogLine(NOW, "sweep", {"event": "a"})])
    assert json.loads(text) == {"function": "sweep", "event": "a"}


# --- data that goes ---------------------------------------------------------------------------


def doomed(**what: str) -> DeletionPlan:
    none = {"bucket": "", "table": "", "parameter": "", "secret": ""}
    return DeletionPlan("leadline", "arn:", gone=True, waiting=0, resources={}, **{**none, **what})


def test_every_version_goes_before_the_bucket(cloud: Cloud) -> None:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="old", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="old", VersioningConfiguration={"Status": "Enabled"})
    for number in range(3):
        for _ in range(2):
            s3.put_object(Bucket="old", Key=f"raw/{number}.json", Body=b"{}")
    s3.delete_object(Bucket="old", Key="raw/0.json")
    said: list[str] = []
    delete_data(cloud, doomed(bucket="old"), said.append)
    assert said == ["the bucket old and 7 versions of objects in it are deleted"]
    assert "old" not in [b["Name"] for b in s3.list_buckets()["Buckets"]]


def test_more_versions_than_fit_in_a_request_go_too(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leadline.cloud import destroying

    monkeypatch.setattr(destroying, "_BATCH", 2)
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="many", CreateBucketConfiguration={"LocationConstraint": REGION})
    for number in range(5):
        s3.put_object(Bucket="many", Key=f"raw/{number}.json", Body=b"{}")
    said: list[str] = []
    delete_data(cloud, doomed(bucket="many"), said.append)
    assert said == ["the bucket many and 5 versions of objects in it are deleted"]


def test_a_protected_table_goes_when_it_is_meant(cloud: Cloud) -> None:
    dynamodb = cloud.client("dynamodb")
    dynamodb.create_table(
        TableName="old",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
    )
    delete_data(cloud, doomed(table="old"), lambda _: None)
    assert "old" not in dynamodb.list_tables()["TableNames"]


def test_a_stack_that_never_was_is_told(cloud: Cloud) -> None:
    with pytest.raises(CloudError, match="there is no stack nowhere"):
        survey(cloud, "nowhere", gone_too=True)
    with pytest.raises(CloudError, match="there is no stack nowhere"):
        need_stack(cloud.client("cloudformation"), "nowhere")


def test_a_stack_of_somebody_else_is_neither_deleted_nor_updated(cloud: Cloud) -> None:
    cfn = cloud.client("cloudformation")
    theirs = '{"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}'
    cfn.create_stack(StackName="theirs", TemplateBody=theirs)
    with pytest.raises(CloudError, match="theirs is not a stack of Leadline"):
        survey(cloud, "theirs", gone_too=False)
    with (
        pytest.raises(CloudError, match="theirs is not a stack of Leadline"),
        planned(cloud, DeploymentRequest("theirs"), lambda _: None, dry_run=True),
    ):
        pass
    cfn.delete_stack(StackName="theirs")
    with pytest.raises(CloudError, match="theirs is not a stack of Leadline"):
        survey(cloud, "theirs", gone_too=True)


def test_a_name_that_makes_those_of_queues_too_long_is_refused_before_anything_is_made() -> None:
    longest = "l" * 66
    queues = [q["QueueName"] for q in Stack().of_type("AWS::SQS::Queue").values()]
    names = [q.replace(PSEUDO["AWS::StackName"], longest, 1) for q in queues]
    assert max(map(len, names)) == 80, "what SQS takes"
    nobody = Cloud("123456789012", REGION, "", session=None)  # nothing can be asked of it
    with (
        pytest.raises(ConfigurationError, match=r"has 67 characters.*at most 66"),
        planned(nobody, DeploymentRequest(longest + "l"), lambda _: None),
    ):
        pass


def test_the_state_of_a_stack_that_is_not_complete_says_what_is_missing(cloud: Cloud) -> None:
    cfn = cloud.client("cloudformation")
    begun = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
    cfn.create_stack(StackName="begun", TemplateBody=begun)
    told = stack_state(cloud, "begun", datetime.now(UTC))
    assert "there is no capture: the stack has no output CaptureName" in told.notes
    assert (told.queues, told.errors, told.webhook_url) == ({}, {}, "")
