"""The template of the endpoints that a VPC without the internet needs."""

import json
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

import leadline.infra
from leadline.entrypoints.aws.parts import Parts
from leadline.entrypoints.aws.trial_run import servers_of_aws
from leadline.infra import vpc_endpoints
from tests.infra.template_reading import Stack, written

FILE = Path(leadline.infra.__file__).with_name("vpc-endpoints.yaml")


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    found: dict[str, Any] = yaml_parse(vpc_endpoints())["Resources"]
    return found


def test_cfn_lint_finds_nothing_in_the_endpoints() -> None:
    from cfnlint.api import lint_file  # type: ignore[import-untyped]  # takes long to load

    assert vpc_endpoints() == FILE.read_text(encoding="utf-8")
    assert [str(match) for match in lint_file(FILE, {"regions": ["eu-west-1"]})] == []


OF_CLOCK = {
    "queues": (None, {}),
    "schedules": ("UsesSchedules", {"SCHEDULE_GROUP": "leads"}),
    "executions": ("UsesExecutions", {"LEADS_MACHINE": "arn:leads"}),
}
"""By clock: the condition of its endpoints, and what a function's environment has."""


@pytest.mark.parametrize("clock", OF_CLOCK)
@pytest.mark.parametrize("kind", ["ssm", "secretsmanager"])
def test_there_is_an_endpoint_for_each_service_that_a_function_uses(
    resources: dict[str, Any], kind: str, clock: str
) -> None:
    condition, variables = OF_CLOCK[clock]
    environment = {
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "SETTINGS_REFERENCE": f"{kind}:settings",
        **variables,
    }
    used = {what.removeprefix("aws ") for what in servers_of_aws(Parts(environment))}
    endpoints = {
        r["Properties"]["ServiceName"]["Fn::Sub"].removeprefix("com.amazonaws.${AWS::Region}.")
        for r in resources.values()
        if r["Type"] == "AWS::EC2::VPCEndpoint" and r.get("Condition") in (None, condition)
    }
    assert {e.replace("${Settings}", kind) for e in endpoints} == used


def test_the_endpoints_know_profiles_and_clocks_as_the_stack_does() -> None:
    ours, stack = yaml_parse(vpc_endpoints()), written()
    for name in ("Profile", "Clock"):
        for said in ("Default", "AllowedValues"):
            assert ours["Parameters"][name][said] == stack["Parameters"][name][said]
    conditions = json.dumps(stack["Conditions"]).replace(
        '{"Condition": "ClockByProfile"}', json.dumps(stack["Conditions"]["ClockByProfile"])
    )
    for name in ("IsSmall", "UsesSchedules", "UsesExecutions"):
        assert ours["Conditions"][name] == json.loads(conditions)[name]


def test_only_small_has_endpoints_for_what_its_sweep_looks_at(resources: dict[str, Any]) -> None:
    of_small = {name for name, r in resources.items() if r.get("Condition") == "IsSmall"}
    assert of_small == {"MonitoringEndpoint", "SnsEndpoint"}
    sweep = Stack(Profile="small").properties("SweepRole")["Policies"][0]["PolicyDocument"]
    actions = {action for one in sweep["Statement"] for action in one["Action"]}
    assert {"cloudwatch:GetMetricStatistics", "sns:Publish"} <= actions


def test_only_the_free_endpoints_are_routes_and_all_others_admit_the_functions_alone(
    resources: dict[str, Any],
) -> None:
    of_kind: dict[str, set[str]] = {}
    for name, resource in resources.items():
        if resource["Type"] == "AWS::EC2::VPCEndpoint":
            of_kind.setdefault(resource["Properties"]["VpcEndpointType"], set()).add(name)
    assert of_kind == {
        "Gateway": {"S3Endpoint", "DynamoDbEndpoint"},
        "Interface": {
            "SqsEndpoint", "SettingsEndpoint", "SesEndpoint", "SchedulerEndpoint", "LambdaEndpoint",
            "StatesEndpoint", "MonitoringEndpoint", "SnsEndpoint",
        },
    }  # fmt: skip
    for name in of_kind["Interface"]:
        properties = resources[name]["Properties"]
        assert properties["PrivateDnsEnabled"] is True  # functions use the usual host names
        assert properties["SecurityGroupIds"] == [{"Ref": "InterfaceSecurityGroup"}]
    (rule,) = resources["InterfaceSecurityGroup"]["Properties"]["SecurityGroupIngress"]
    assert (rule["FromPort"], rule["ToPort"]) == (443, 443)
    assert rule["SourceSecurityGroupId"] == {"Ref": "FunctionSecurityGroupId"}
