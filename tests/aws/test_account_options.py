"""What accounts and networks demand of a deployment, on the emulator: tags, names of log groups, a
VPC. It drops boundaries, lifecycles and warm throughput, which tests/infra looks at."""

import json
from typing import Any

import pytest

from leadline.infra import vpc_endpoints
from leadline.standins.slack_inbox import SlackInbox
from tests.aws.deployment import Deployment
from tests.standins.emulator import Emulator
from tests.standins.ports import free_port

pytestmark = pytest.mark.aws

STACK = "options"
BOUNDARY = "arn:aws:iam::000000000000:policy/boundary"


@pytest.fixture(scope="module")
def network(emulator: Emulator) -> dict[str, str]:
    """A VPC with a subnet, a security group and a route table, by their kinds."""
    emulator.reset()
    emulator.client("iam").create_policy(
        PolicyName="boundary",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
            }
        ),
    )
    ec2 = emulator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return {
        "vpc": vpc,
        "subnet": ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"],
        "group": ec2.create_security_group(VpcId=vpc, GroupName="f", Description="f")["GroupId"],
        "routes": ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"],
    }


@pytest.fixture(scope="module")
def deployed(
    emulator: Emulator,
    network: dict[str, str],
    slack: SlackInbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Deployment:
    """A stack in a VPC, with names and a boundary of the account's."""
    return Deployment(
        emulator,
        tmp_path_factory.mktemp("operator"),
        stack=STACK,
        parameters={
            "VpcSubnetIds": network["subnet"],
            "VpcSecurityGroupIds": network["group"],
            "LogGroupPrefix": "/company/crm",
            "PermissionsBoundaryArn": BOUNDARY,
            "RawToGlacierDays": 180,
            "WarmWriteUnits": 8000,
        },
        settings=f'slack_webhook_url = "{slack.webhook_url}"\n',
    )


def described(deployed: Deployment) -> dict[str, Any]:
    cfn = deployed.client("cloudformation")
    found: dict[str, Any] = cfn.describe_stacks(StackName=STACK)["Stacks"][0]
    return found


def test_a_deployment_into_a_vpc_tells_whether_its_functions_reach_slack(
    deployed: Deployment, slack: SlackInbox
) -> None:
    reached = deployed.told["reached"]
    assert reached.keys() == {"Refine", "Deliver"}
    for of in reached.values():
        assert {one["what"]: one["trouble"] for one in of} == {
            "aws": "",
            "settings": "",
            "channels.slack": "",
        }


def test_status_tells_which_destination_a_function_does_not_reach(
    deployed: Deployment, slack: SlackInbox
) -> None:
    port = free_port()
    deployed.deploy(settings=f'slack_webhook_url = "http://127.0.0.1:{port}/"\n')
    # The functions keep settings for five minutes, so new ones must start.
    deployed.deploy(LogLevel="debug")
    done = deployed.run("status", "--aws", STACK, "--reach")
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stdout
    assert "Connection refused" in done.stdout
    assert "a NAT gateway" in done.stderr
    as_json = deployed.run("status", "--aws", STACK, "--reach", "--json")
    troubles = [one["trouble"] for one in json.loads(as_json.stdout)["reached"]["Deliver"]]
    assert troubles == ["", "", "Connection refused"]


def test_reaching_is_for_stacks(deployed: Deployment) -> None:
    done = deployed.run("status", "--reach")
    assert done.returncode == 2
    assert "--aws STACK" in done.stderr


def test_logs_are_found_under_the_names_that_the_account_wants(deployed: Deployment) -> None:
    groups = deployed.client("logs").describe_log_groups(logGroupNamePrefix="/company/crm/")
    names = {g["logGroupName"].rpartition("/")[2] for g in groups["logGroups"]}
    assert {"capture", "refine", "deliver", "sweep", "api"} <= names
    done = deployed.run("logs", "--stack", STACK, "--since", "1h")
    assert done.returncode == 0, done.stderr


def test_tags_go_to_the_stack_and_stay_until_others_are_given(deployed: Deployment) -> None:
    def tags() -> dict[str, str]:
        return {t["Key"]: t["Value"] for t in described(deployed).get("Tags", [])}

    words = ("deploy", "aws", "--stack", STACK, "--yes")
    done = deployed.run(*words, "--tag", "team=sales", "--tag", "cost-center=4711")
    assert done.returncode == 0, done.stderr
    assert tags() == {"team": "sales", "cost-center": "4711"}
    tagged = deployed.client("lambda").list_tags(
        Resource=deployed.client("lambda").get_function(
            FunctionName=deployed.outputs["DeliverName"]
        )["Configuration"]["FunctionArn"]
    )["Tags"]
    assert tagged["team"] == "sales"
    deployed.deploy(DeliverMemory=320)
    assert tags() == {"team": "sales", "cost-center": "4711"}
    other = deployed.run(*words, "--tag", "team=marketing")
    assert other.returncode == 0, other.stderr
    assert tags() == {"team": "marketing"}
    wrong = deployed.run(*words, "--tag", "team")
    assert wrong.returncode == 2
    assert "KEY=VALUE" in wrong.stderr


def test_the_endpoints_of_a_vpc_are_a_stack_of_their_own(
    emulator: Emulator, network: dict[str, str]
) -> None:
    values = {
        "VpcId": network["vpc"],
        "SubnetIds": network["subnet"],
        "RouteTableIds": network["routes"],
        "FunctionSecurityGroupId": network["group"],
        "WithSes": "true",
        "Clock": "schedules",
    }
    cfn = emulator.client("cloudformation")
    cfn.create_stack(
        StackName="endpoints",
        TemplateBody=vpc_endpoints(),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
    )
    cfn.get_waiter("stack_create_complete").wait(StackName="endpoints", WaiterConfig={"Delay": 1})
    made = emulator.client("ec2").describe_vpc_endpoints(
        Filters=[{"Name": "vpc-id", "Values": [network["vpc"]]}]
    )["VpcEndpoints"]
    assert {e["ServiceName"].rpartition(".")[2] for e in made} == {
        "s3", "dynamodb", "sqs", "ssm", "email", "scheduler", "lambda"
    }  # fmt: skip
