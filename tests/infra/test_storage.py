"""What the AWS template keeps, and its queues: also what an emulator does not check."""

import json
from typing import Any

import pytest

from tests.infra.template_reading import COPY, KEY, QUEUES, Stack, written
from tests.worlds.aws_resources import table_of


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack()


def test_bucket_and_table_outlive_the_stack(stack: Stack) -> None:
    for name in ("Bucket", "Table"):
        resource = stack.resources[name]
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_the_bucket_keeps_versions_encrypts_and_is_shut_to_the_public(stack: Stack) -> None:
    bucket = stack.properties("Bucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    (rule,) = Stack(KmsKeyArn=KEY).properties("Bucket")["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]
    assert rule == {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY},
    }


def test_objects_move_and_go_as_the_parameters_say() -> None:
    def rules(**parameters: str) -> dict[str, dict[str, Any]]:
        lifecycle = Stack(**parameters).properties("Bucket")["LifecycleConfiguration"]
        assert all(rule["Status"] == "Enabled" for rule in lifecycle["Rules"])
        return {rule["Id"]: rule for rule in lifecycle["Rules"]}

    default = rules()
    assert default["RawToInfrequentAccess"]["Prefix"] == "raw/"
    assert default["RawToInfrequentAccess"]["Transitions"] == [
        {"StorageClass": "STANDARD_IA", "TransitionInDays": 90}
    ]
    assert default["NoncurrentVersionsExpire"]["NoncurrentVersionExpiration"] == {
        "NoncurrentDays": 30
    }
    assert default["AbandonedUploadsExpire"]["AbortIncompleteMultipartUpload"] == {
        "DaysAfterInitiation": 7
    }
    whole_bucket = ("NoncurrentVersionsExpire", "AbandonedUploadsExpire")
    assert [default[rule]["Prefix"] for rule in whole_bucket] == ["", ""]
    assert default["NoncurrentVersionsExpire"]["ExpiredObjectDeleteMarker"] is True
    assert [rule for rule in default.values() if "ExpirationInDays" in rule] == []
    other = rules(RawToInfrequentDays="60", RawExpireDays="400", NoncurrentDays="5")
    assert other["RawToInfrequentAccess"]["Transitions"][0]["TransitionInDays"] == "60"
    assert (other["RawExpires"]["Prefix"], other["RawExpires"]["ExpirationInDays"]) == (
        "raw/",
        "400",
    )
    assert [name for name, rule in other.items() if "ExpirationInDays" in rule] == ["RawExpires"]
    assert other["NoncurrentVersionsExpire"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == "5"


def test_old_bodies_go_only_to_the_glacier_that_answers_at_once() -> None:
    def transitions(**parameters: str) -> list[dict[str, Any]]:
        lifecycle = Stack(**parameters).properties("Bucket")["LifecycleConfiguration"]
        (rule,) = [r for r in lifecycle["Rules"] if r["Id"] == "RawToInfrequentAccess"]
        found: list[dict[str, Any]] = rule["Transitions"]
        return found

    assert [t["StorageClass"] for t in transitions()] == ["STANDARD_IA"]
    assert transitions(RawToGlacierDays="180") == [
        {"StorageClass": "STANDARD_IA", "TransitionInDays": 90},
        {"StorageClass": "GLACIER_IR", "TransitionInDays": "180"},
    ]


def test_the_table_and_its_indexes_are_prepared_for_a_peak_only_where_asked(stack: Stack) -> None:
    def warmed(chosen: Stack) -> list[Any]:
        table = chosen.properties("Table")
        return [x.get("WarmThroughput") for x in (table, *table["GlobalSecondaryIndexes"])]

    assert warmed(stack) == [None] * 3
    assert warmed(Stack(WarmWriteUnits="8000")) == [{"WriteUnitsPerSecond": "8000"}] * 3
    both = {"ReadUnitsPerSecond": "20000", "WriteUnitsPerSecond": "8000"}
    assert warmed(Stack(WarmReadUnits="20000", WarmWriteUnits="8000")) == [both] * 3


def test_copies_are_made_only_where_asked_and_by_a_role_of_their_own(stack: Stack) -> None:
    assert "ReplicationConfiguration" not in stack.properties("Bucket")
    copying = Stack(ReplicationBucketArn=COPY)
    configuration = copying.properties("Bucket")["ReplicationConfiguration"]
    assert configuration["Role"] == "${ReplicationRole.Arn}"
    (rule,) = configuration["Rules"]
    assert rule["Destination"] == {"Bucket": COPY}
    assert rule["DeleteMarkerReplication"] == {"Status": "Disabled"}
    statements = copying.properties("ReplicationPolicy")["PolicyDocument"]["Statement"]
    assert [s["Resource"] for s in statements] == ["${Bucket.Arn}", "${Bucket.Arn}/*", f"{COPY}/*"]


def test_copies_of_objects_under_a_key_are_made_with_the_key_of_the_copies() -> None:
    both = {"ReplicationBucketArn": COPY, "KmsKeyArn": KEY}
    copying = Stack(**both, ReplicationKeyArn="there")
    (rule,) = copying.properties("Bucket")["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"]["EncryptionConfiguration"] == {"ReplicaKmsKeyID": "there"}
    assert rule["SourceSelectionCriteria"] == {"SseKmsEncryptedObjects": {"Status": "Enabled"}}
    statements = copying.properties("ReplicationPolicy")["PolicyDocument"]["Statement"]
    assert [(s["Action"], s["Resource"]) for s in statements[-2:]] == [
        (["kms:Decrypt"], KEY),
        (["kms:Encrypt"], "there"),
    ]
    assert copying.broken_rules == []
    assert len(Stack(**both).broken_rules) == 1


def test_the_table_is_on_demand_recoverable_and_forgets_what_expires(stack: Stack) -> None:
    table = stack.properties("Table")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert table["DeletionProtectionEnabled"] is True
    assert Stack(TableProtection="false").properties("Table")["DeletionProtectionEnabled"] is False
    assert "SSESpecification" not in table  # DynamoDB's own key
    assert Stack(KmsKeyArn=KEY).properties("Table")["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": KEY,
    }


def test_the_table_has_the_keys_and_indexes_of_those_that_other_tests_run_on(
    stack: Stack,
) -> None:
    table, tested = stack.properties("Table"), table_of("leads")
    for name in ("BillingMode", "KeySchema", "GlobalSecondaryIndexes"):
        assert table[name] == tested[name]
    assert {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]} == {
        a["AttributeName"]: a["AttributeType"] for a in tested["AttributeDefinitions"]
    }


def test_every_queue_keeps_messages_for_fourteen_days_and_encrypts_them(stack: Stack) -> None:
    queues = stack.of_type("AWS::SQS::Queue")
    assert queues.keys() == {*QUEUES, *QUEUES.values()}
    for queue in queues.values():
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        assert queue["SqsManagedSseEnabled"] is True
        assert "KmsMasterKeyId" not in queue
    for queue in Stack(KmsKeyArn=KEY).of_type("AWS::SQS::Queue").values():
        assert queue["KmsMasterKeyId"] == KEY
        assert "SqsManagedSseEnabled" not in queue  # the two exclude each other


def test_a_message_that_failed_three_times_goes_to_its_own_dead_letters(stack: Stack) -> None:
    for name, dead in QUEUES.items():
        queue, letters = stack.properties(name), stack.properties(dead)
        assert queue["DelaySeconds"] == 0
        assert queue["RedrivePolicy"] == {
            "deadLetterTargetArn": "${" + dead + ".Arn}",
            "maxReceiveCount": 3,
        }
        assert queue["RedriveAllowPolicy"] == {"redrivePermission": "denyAll"}
        arn = f"arn:aws:sqs:eu-west-1:111122223333:{queue['QueueName']}"
        assert letters["RedriveAllowPolicy"] == {
            "redrivePermission": "byQueue",
            "sourceQueueArns": [arn],
        }
        assert "RedrivePolicy" not in letters


@pytest.mark.parametrize(
    ("queue", "parameter"), [("RefineQueue", "RefineTimeout"), ("DeliveryQueue", "DeliverTimeout")]
)
def test_a_message_stays_hidden_six_times_as_long_as_its_function_may_run(
    queue: str, parameter: str
) -> None:
    choices = written()["Parameters"][parameter]["AllowedValues"]
    assert len(choices) > 3
    for seconds in choices:
        chosen = Stack(**{parameter: seconds})
        assert chosen.properties(queue)["VisibilityTimeout"] == 6 * int(seconds)
        function = chosen.properties("Refine" if queue == "RefineQueue" else "Deliver")
        assert function["Timeout"] == seconds


def test_bucket_queues_and_alarms_refuse_plain_http(stack: Stack) -> None:
    documents = {
        **{q: stack.properties(f"{q}Policy") for q in stack.of_type("AWS::SQS::Queue")},
        "Bucket": stack.properties("BucketPolicy"),
        "AlarmTopic": stack.properties("AlarmTopicPolicy"),
    }
    actions = {"Bucket": "s3:*", "AlarmTopic": "sns:Publish"}
    for name, document in documents.items():
        attached = [document.get("Bucket"), *document.get("Queues", document.get("Topics", []))]
        assert "${" + name + "}" in attached
        statement = document["PolicyDocument"]["Statement"][-1]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert statement["Action"] == actions.get(name, "sqs:*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert stack.properties("BucketPolicy")["PolicyDocument"]["Statement"][0]["Resource"] == [
        "${Bucket.Arn}",
        "${Bucket.Arn}/*",
    ]
    assert "SecureTransport" not in json.dumps(Stack(TlsOnly="false").resources)


def test_only_alarms_of_the_account_are_told(stack: Stack) -> None:
    statement = stack.properties("AlarmTopicPolicy")["PolicyDocument"]["Statement"][0]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "sns:Publish")
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
