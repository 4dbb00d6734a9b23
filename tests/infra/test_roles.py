"""Who may do what in the AWS template: exactly that, and nothing else."""

import json

import pytest

from tests.infra.template_reading import ASKED_FOR, FUNCTIONS, KEY, Stack, allowed


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack()


SETTINGS = {
    "arn:aws:ssm:eu-west-1:111122223333:parameter/leadline/leads/settings": {"ssm:GetParameter"}
}
KEPT = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"}
TAKEN = {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage"}
MAY = {
    "Capture": {
        "${Table.Arn}": KEPT | {"dynamodb:DeleteItem", "dynamodb:Query"},
        "${Table.Arn}/index/day": {"dynamodb:Query"},
        "${Bucket.Arn}/raw/*": {"s3:GetObject", "s3:PutObject"},
        "${Bucket.Arn}/refined/*": {"s3:GetObjectVersion"},
        "${RefineQueue.Arn}": {"sqs:SendMessage"},
        "${DeliveryQueue.Arn}": {"sqs:SendMessage"},
        "${RefineDeadLetters.Arn}": {"sqs:SendMessage"},
    },
    "Refine": {
        "${Table.Arn}": KEPT | {"dynamodb:DeleteItem", "dynamodb:Query"},
        "${Bucket.Arn}/raw/*": {"s3:GetObject"},
        "${Bucket.Arn}/refined/*": {"s3:GetObjectVersion", "s3:PutObject"},
        "${RefineQueue.Arn}": TAKEN,
        "${DeliveryQueue.Arn}": {"sqs:SendMessage"},
        "${RefineDeadLetters.Arn}": {"sqs:SendMessage"},
    },
    "Deliver": {
        "${Table.Arn}": KEPT | {"dynamodb:DeleteItem", "dynamodb:Query"},
        "${Table.Arn}/index/due": {"dynamodb:Query"},
        "${Bucket.Arn}/raw/*": {"s3:GetObject", "s3:PutObject"},
        "${Bucket.Arn}/refined/*": {"s3:GetObjectVersion", "s3:PutObject"},
        "${Bucket.Arn}/erasures/*": {"s3:GetObject", "s3:PutObject"},
        "${RefineQueue.Arn}": {"sqs:SendMessage"},
        "${DeliveryQueue.Arn}": TAKEN,
        "${DeliveryDeadLetters.Arn}": {"sqs:SendMessage"},
    },
    "Sweep": {
        "${Table.Arn}": KEPT | {"dynamodb:DeleteItem", "dynamodb:Query"},
        "${Table.Arn}/index/due": {"dynamodb:Query"},
        "${Table.Arn}/index/day": {"dynamodb:Query"},
        "${Bucket.Arn}": {"s3:ListBucket"},
        "${Bucket.Arn}/raw/*": {"s3:GetObject", "s3:PutObject"},
        "${Bucket.Arn}/refined/*": {"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"},
        "${RefineQueue.Arn}": {"sqs:GetQueueAttributes", "sqs:SendMessage"},
        "${DeliveryQueue.Arn}": {"sqs:GetQueueAttributes", "sqs:SendMessage"},
    },
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_may_do_exactly_what_its_function_does(stack: Stack, name: str) -> None:
    logs = {"${" + name + "Logs.Arn}": {"logs:CreateLogStream", "logs:PutLogEvents"}}
    assert allowed(stack, f"{name}Role") == {**MAY[name], **SETTINGS, **logs}
    (trusted,) = stack.properties(f"{name}Role")["AssumeRolePolicyDocument"]["Statement"]
    assert trusted == {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    assert "ManagedPolicyArns" not in stack.properties(f"{name}Role")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_gets_what_a_network_needs_only_where_asked(stack: Stack, name: str) -> None:
    inside = Stack(VpcSubnetIds="subnet-1", VpcSecurityGroupIds="sg-1")
    added = allowed(inside, f"{name}Role")
    assert added.pop("*") == {
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    }
    assert added == allowed(stack, f"{name}Role")


def test_mail_is_sent_from_one_identity_where_asked(stack: Stack) -> None:
    identity = "arn:aws:ses:eu-west-1:111122223333:identity/example.com"
    added = allowed(Stack(SesIdentityArn=identity), "DeliverRole")
    assert added.pop(identity) == {"ses:SendRawEmail"}
    assert added == allowed(stack, "DeliverRole")


def test_documents_are_listed_and_nothing_else(stack: Stack) -> None:
    statements = stack.properties("SweepRole")["Policies"][0]["PolicyDocument"]["Statement"]
    (listing,) = [s for s in statements if "s3:ListBucket" in s["Action"]]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["raw/*", "refined/*"]}}


def test_who_tells_again_may_see_alarms_and_tell(stack: Stack) -> None:
    needed = {
        "*": {"cloudwatch:DescribeAlarms"},
        "${AlarmTopic}": {"sns:Publish"},
        "${TellAgainLogs.Arn}": {"logs:CreateLogStream", "logs:PutLogEvents"},
    }
    assert allowed(stack, "TellAgainRole") == needed
    with_key = allowed(Stack(KmsKeyArn=KEY), "TellAgainRole")
    assert with_key == {**needed, KEY: {"kms:Decrypt", "kms:GenerateDataKey"}}
    traced = allowed(Stack(Tracing="true"), "TellAgainRole")
    tracing = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
    assert traced == {**needed, "*": needed["*"] | tracing}


def test_the_scheduler_may_call_what_is_scheduled_for_this_account(stack: Stack) -> None:
    scheduled = {"${Sweep.Arn}", "${TellAgain.Arn}"}
    assert allowed(stack, "SchedulerRole") == {one: {"lambda:InvokeFunction"} for one in scheduled}
    without = allowed(Stack(Alarms="none"), "SchedulerRole")
    assert without == {"${Sweep.Arn}": {"lambda:InvokeFunction"}}
    (trusted,) = stack.properties("SchedulerRole")["AssumeRolePolicyDocument"]["Statement"]
    assert (trusted["Effect"], trusted["Action"]) == ("Allow", "sts:AssumeRole")
    assert trusted["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trusted["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def test_no_action_has_a_wildcard_and_no_resource_is_everything_unless_it_must_be() -> None:
    everything = Stack(**ASKED_FOR)
    documents = [
        policy["PolicyDocument"]
        for role in everything.of_type("AWS::IAM::Role").values()
        for policy in role.get("Policies", [])
    ]
    documents += [p["PolicyDocument"] for p in everything.of_type("AWS::IAM::Policy").values()]
    statements = [s for document in documents for s in document["Statement"]]
    assert [s for s in statements if "*" in json.dumps(s["Action"])] == []
    open_to_all = [s for s in statements if s["Resource"] == "*"]
    assert {a.split(":")[0] for s in open_to_all for a in s["Action"]} == {
        "xray",
        "ec2",
        "cloudwatch",
    }
    assert [s for s in statements if "NotAction" in s or "NotResource" in s] == []
    plain = Stack().of_type("AWS::IAM::Role")
    assert [n for n, role in plain.items() if '"Resource": "*"' in json.dumps(role)] == [
        "TellAgainRole"
    ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_role_may_trace_by_itself_where_asked(stack: Stack, name: str) -> None:
    # A policy apart may come after the function, and Lambda makes no function that shall be traced
    # while its role may not: "The provided execution role does not have permissions to call
    # PutTraceSegments on XRAY".
    added = allowed(Stack(Tracing="true"), f"{name}Role")
    assert added.pop("*") == {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
    assert added == allowed(stack, f"{name}Role")


def test_all_four_roles_may_use_the_key_only_where_there_is_one(stack: Stack) -> None:
    assert "KeyPolicy" not in stack.resources
    added = Stack(KmsKeyArn=KEY).properties("KeyPolicy")
    assert added["Roles"] == ["${" + name + "Role}" for name in FUNCTIONS]
    (statement,) = added["PolicyDocument"]["Statement"]
    assert set(statement["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert statement["Resource"] == KEY


def test_all_four_roles_may_decrypt_settings_with_another_key_and_nothing_else() -> None:
    assert "SettingsKeyPolicy" not in Stack(KmsKeyArn=KEY).resources
    added = Stack(SettingsKeyArn=KEY).properties("SettingsKeyPolicy")
    assert added["Roles"] == ["${" + name + "Role}" for name in FUNCTIONS]
    (statement,) = added["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == (["kms:Decrypt"], KEY)
    assert statement["Condition"] == {
        "StringEquals": {
            "kms:ViaService": [
                "ssm.eu-west-1.amazonaws.com",
                "secretsmanager.eu-west-1.amazonaws.com",
            ]
        }
    }


def test_every_role_has_the_boundary_that_was_given_or_none() -> None:
    boundary = "arn:aws:iam::111122223333:policy/boundary"
    for clock, more in (
        ("queues", set()),
        ("schedules", {"WakeupRole"}),
        ("executions", {"ExecutionsRole"}),
    ):
        asked = {**ASKED_FOR, "Clock": clock}
        bounded = Stack(**asked, PermissionsBoundaryArn=boundary).of_type("AWS::IAM::Role")
        assert bounded.keys() >= more
        unbounded = [n for n, one in bounded.items() if one.get("PermissionsBoundary") != boundary]
        assert unbounded == []
        free = Stack(**asked).of_type("AWS::IAM::Role")
        assert free.keys() == bounded.keys()
        assert not [name for name, role in free.items() if "PermissionsBoundary" in role]


def test_every_role_that_the_template_makes_is_spoken_of_here() -> None:
    everything = Stack(**ASKED_FOR)
    assert everything.of_type("AWS::IAM::Role").keys() == {
        *(f"{name}Role" for name in FUNCTIONS),
        "TellAgainRole",
        "SchedulerRole",
        "ReplicationRole",
        "ApiLogsRole",
    }
    policies = everything.of_type("AWS::IAM::Policy").keys()
    assert policies == {"KeyPolicy", "ReplicationPolicy", "SettingsKeyPolicy"}
