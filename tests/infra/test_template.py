"""The AWS template as a whole."""

import json
from pathlib import Path

import pytest

import leadline.infra
from leadline.infra import template
from tests.infra.template_reading import ASKED_FOR, COPY, FUNCTIONS, KEY, Stack, referred, written


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack()


FILE = Path(leadline.infra.__file__).with_name("template.yaml")


def test_the_package_gives_the_template_as_it_is_in_the_file() -> None:
    assert template() == FILE.read_text(encoding="utf-8")
    assert written()["Transform"] == "AWS::Serverless-2016-10-31"


def test_cfn_lint_finds_nothing() -> None:
    from cfnlint.api import lint_file  # type: ignore[import-untyped]  # takes long to load

    assert [str(match) for match in lint_file(FILE, {"regions": ["eu-west-1"]})] == []


@pytest.mark.parametrize(
    ("parameters", "added", "removed"),
    [
        ({"WafAclArn": "arn:acl"}, {"WafAssociation"}, set()),
        (
            {"DomainName": "leads.example.com", "CertificateArn": "arn:certificate"},
            {"Domain", "DomainMapping"},
            set(),
        ),
        ({"AlarmEmail": "ops@example.com"}, {"AlarmSubscription"}, set()),
        ({"WithDashboard": "true"}, {"Dashboard"}, set()),
        ({"AccountLogsRole": "false"}, set(), {"ApiAccount", "ApiLogsRole"}),
        ({"CaptureProvisioned": "1"}, {"CaptureVersion"}, set()),
        ({"ReplicationBucketArn": COPY}, {"ReplicationRole", "ReplicationPolicy"}, set()),
        ({"KmsKeyArn": KEY}, {"KeyPolicy"}, set()),
        ({"SettingsKeyArn": KEY}, {"SettingsKeyPolicy"}, set()),
        ({"PermissionsBoundaryArn": "arn:boundary"}, set(), set()),
        ({"LogGroupPrefix": "/logs"}, set(), set()),
        ({"WarmReadUnits": "20000"}, set(), set()),
        ({"RawToGlacierDays": "180"}, set(), set()),
        ({"Tracing": "true"}, set(), set()),
        ({"VpcSubnetIds": "subnet-1", "VpcSecurityGroupIds": "sg-1"}, set(), set()),
    ],
)
def test_an_optional_part_is_there_only_where_asked(
    stack: Stack, parameters: dict[str, str], added: set[str], removed: set[str]
) -> None:
    chosen = Stack(**parameters)
    assert chosen.resources.keys() - stack.resources.keys() == added
    assert stack.resources.keys() - chosen.resources.keys() == removed
    assert chosen.resources != stack.resources
    assert chosen.broken_rules == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"DomainName": "leads.example.com"},
        {"VpcSubnetIds": "subnet-1"},
        {"DisableExecuteApiEndpoint": "true"},
    ],
)
def test_half_of_what_belongs_together_is_refused(parameters: dict[str, str]) -> None:
    assert len(Stack(**parameters).broken_rules) == 1


def test_nothing_refers_to_what_is_not_there(stack: Stack) -> None:
    for chosen in (stack, Stack(**ASKED_FOR, CaptureProvisioned="1", ApiKeyRequired="true")):
        names = referred([chosen.resources, chosen.outputs])
        dangling = {name for name in names if name not in chosen.resources}
        conditions = written()["Conditions"].keys()
        assert dangling - conditions - {"context"} == set()


def test_every_parameter_condition_and_mapping_is_used() -> None:
    whole = written()
    rest = {key: value for key, value in whole.items() if key != "Parameters"}
    used = referred(rest)
    assert whole["Parameters"].keys() - used == set()
    assert whole["Conditions"].keys() - used == set()
    assert all(f'"{name}"' in json.dumps(whole["Resources"]) for name in whole["Mappings"])


def test_every_parameter_says_what_it_is_and_has_a_default_that_it_allows() -> None:
    for name, parameter in written()["Parameters"].items():
        assert parameter["Description"].endswith("."), name
        if name in ("CodeBucket", "CaptureCode", "WorkCode"):
            assert "Default" not in parameter
            continue
        default = parameter["Default"]
        assert default in parameter.get("AllowedValues", [default]), name
        if parameter["Type"] == "Number":
            assert parameter.get("MinValue", default) <= default
            assert parameter.get("MaxValue", default) >= default


def test_the_outputs_are_what_commands_read(stack: Stack) -> None:
    assert stack.outputs.keys() == {
        "WebhookUrl",
        "BucketName",
        "TableName",
        "Shards",
        "RefineQueueUrl",
        "DeliveryQueueUrl",
        "RefineDeadLettersUrl",
        "DeliveryDeadLettersUrl",
        "SettingsReference",
        *(f"{name}Name" for name in FUNCTIONS),
        "AlarmTopicArn",
    }
    more = Stack(
        ApiKeyRequired="true", DomainName="leads.example.com", CertificateArn="arn:c"
    ).outputs
    assert more.keys() - stack.outputs.keys() == {"DomainTarget", "ApiKeyId"}
    assert "DashboardUrl" in Stack(WithDashboard="true").outputs
