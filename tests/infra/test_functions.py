"""The functions of the AWS template: code, limits, environment, logs, what sets them off."""

import pytest

from leadline.settings.top.general import declared
from tests.infra.template_reading import FUNCTIONS, KEY, SECRET, Stack, allowed, referred, written


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack()


ENVIRONMENT = {
    "Capture": {"S3_BUCKET", "SQS_QUEUE_URL", "DELIVERY_QUEUE_URL", "REFINE_DLQ_URL"},
    "Refine": {"S3_BUCKET", "SQS_QUEUE_URL", "DELIVERY_QUEUE_URL", "REFINE_DLQ_URL"},
    "Deliver": {"S3_BUCKET", "SQS_QUEUE_URL", "DELIVERY_QUEUE_URL", "DELIVERY_DLQ_URL"},
    "Sweep": {"S3_BUCKET", "SQS_QUEUE_URL", "DELIVERY_QUEUE_URL", "WATCHED"},
}
EVERYWHERE = {
    "TABLE_NAME",
    "TABLE_SHARDS",
    "SETTINGS_REFERENCE",
    "STACK_NAME",
    "LEADLINE_DELAY",
    "LEADLINE_LOG_LEVEL",
    "OWN_METRICS",
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_told_where_things_are_and_no_secret(stack: Stack, name: str) -> None:
    variables = stack.properties(name)["Environment"]["Variables"]
    assert variables.keys() == ENVIRONMENT[name] | EVERYWHERE
    values = {
        "TABLE_NAME": "${Table}",
        "TABLE_SHARDS": "4",
        "S3_BUCKET": "${Bucket}",
        "SQS_QUEUE_URL": "${RefineQueue}",
        "DELIVERY_QUEUE_URL": "${DeliveryQueue}",
        "REFINE_DLQ_URL": "${RefineDeadLetters}",
        "DELIVERY_DLQ_URL": "${DeliveryDeadLetters}",
        "SETTINGS_REFERENCE": "ssm:/leadline/leads/settings",
        "STACK_NAME": "leads",
        "LEADLINE_DELAY": "10m",
        "LEADLINE_LOG_LEVEL": "info",
        "OWN_METRICS": "OldestUntoldSeconds",
        "WATCHED": "unrecovered",
    }
    assert variables == {key: values[key] for key in variables}


def test_every_variable_that_looks_like_a_setting_is_one(stack: Stack) -> None:
    settings = {f"LEADLINE_{name.upper()}" for name in declared()}
    used = {
        variable
        for name in FUNCTIONS
        for variable in stack.properties(name)["Environment"]["Variables"]
        if variable.startswith("LEADLINE_")
    }
    assert used == {"LEADLINE_DELAY", "LEADLINE_LOG_LEVEL"}
    assert used <= settings


def test_defaults_of_settings_are_those_of_leadline() -> None:
    parameters = written()["Parameters"]
    assert parameters["Delay"]["Default"] == declared()["delay"].default
    assert parameters["LogLevel"]["Default"] == declared()["log_level"].default


@pytest.mark.parametrize(
    ("parameters", "reference", "action", "resource"),
    [
        (
            {},
            "ssm:/leadline/leads/settings",
            "ssm:GetParameter",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/leadline/leads/settings",
        ),
        (
            {"SettingsParameter": "/mine"},
            "ssm:/mine",
            "ssm:GetParameter",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/mine",
        ),
        (
            {"SettingsSecretArn": SECRET},
            f"secretsmanager:{SECRET}",
            "secretsmanager:GetSecretValue",
            SECRET,
        ),
    ],
)
def test_settings_are_read_by_reference_and_only_they(
    parameters: dict[str, str], reference: str, action: str, resource: str
) -> None:
    chosen = Stack(**parameters)
    assert chosen.outputs["SettingsReference"] == reference
    for name in FUNCTIONS:
        variables = chosen.properties(name)["Environment"]["Variables"]
        assert variables["SETTINGS_REFERENCE"] == reference
        reading = {
            place: actions
            for place, actions in allowed(chosen, f"{name}Role").items()
            if {a.split(":")[0] for a in actions} & {"ssm", "secretsmanager"}
        }
        assert reading == {resource: {action}}


SIZES = {"Capture": (256, 30), "Refine": (512, "60"), "Deliver": (256, "30"), "Sweep": (512, 120)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_its_code_size_and_time(stack: Stack, name: str) -> None:
    function = stack.properties(name)
    assert function["Handler"] == f"leadline.entrypoints.aws.{name.lower()}.handler"
    key = "capture.zip" if name == "Capture" else "work.zip"
    assert function["Code"] == {"S3Bucket": "code", "S3Key": key}
    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert (function["MemorySize"], function["Timeout"]) == SIZES[name]
    assert function["Role"] == "${" + name + "Role.Arn}"
    assert "VpcConfig" not in function
    assert "KmsKeyArn" not in function
    assert "ReservedConcurrentExecutions" not in function
    assert function["TracingConfig"] == {"Mode": "PassThrough"}


def test_what_is_asked_of_functions_reaches_them() -> None:
    chosen = Stack(
        Runtime="provided.al2023",
        Architecture="x86_64",
        Tracing="true",
        KmsKeyArn=KEY,
        VpcSubnetIds="subnet-1,subnet-2",
        VpcSecurityGroupIds="sg-1",
        CaptureReserved="0",
        RefineReserved="7",
    )
    for name in FUNCTIONS:
        function = chosen.properties(name)
        assert (function["Runtime"], function["Architectures"]) == ("provided.al2023", ["x86_64"])
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert function["KmsKeyArn"] == KEY
        assert function["VpcConfig"] == {
            "SubnetIds": ["subnet-1", "subnet-2"],
            "SecurityGroupIds": ["sg-1"],
        }
    assert chosen.properties("Capture")["ReservedConcurrentExecutions"] == "0"
    assert chosen.properties("Refine")["ReservedConcurrentExecutions"] == "7"
    assert chosen.properties("ApiStage")["TracingEnabled"] is True


def test_logs_are_json_and_kept_for_a_while_in_groups_of_the_stack(stack: Stack) -> None:
    groups = stack.of_type("AWS::Logs::LogGroup")
    assert groups.keys() == {*(f"{n}Logs" for n in (*FUNCTIONS, "TellAgain")), "ApiLogs"}
    assert {g["RetentionInDays"] for g in groups.values()} == {7}
    for name in FUNCTIONS:
        logging = stack.properties(name)["LoggingConfig"]
        assert logging["LogGroup"] == "${" + name + "Logs}"
        assert logging["LogFormat"] == "JSON"
        assert logging["SystemLogLevel"] == "WARN"
        debugging = Stack(LogLevel="debug").properties(name)["LoggingConfig"]
        assert debugging["SystemLogLevel"] == "INFO"
        assert stack.properties(f"{name}Logs")["LogGroupName"] == f"/leadline/leads/{name.lower()}"
    chosen = Stack(KmsKeyArn=KEY, LogRetentionDays="30").of_type("AWS::Logs::LogGroup")
    assert {(g["RetentionInDays"], g["KmsKeyId"]) for g in chosen.values()} == {("30", KEY)}


def test_batches_are_of_ten_and_fail_record_by_record(stack: Stack) -> None:
    sources = stack.of_type("AWS::Lambda::EventSourceMapping")
    assert {(s["EventSourceArn"], s["FunctionName"]) for s in sources.values()} == {
        ("${RefineQueue.Arn}", "${RefineLive}"),
        ("${DeliveryQueue.Arn}", "${DeliverLive}"),
    }
    for source in sources.values():
        assert source["BatchSize"] == 10
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert sources["DeliverMessages"]["ScalingConfig"] == {"MaximumConcurrency": 5}
    assert "ScalingConfig" not in sources["RefineMessages"]
    chosen = Stack(DeliverConcurrency="9", RefineReserved="3")
    assert chosen.properties("DeliverMessages")["ScalingConfig"] == {"MaximumConcurrency": "9"}
    assert chosen.properties("RefineMessages")["ScalingConfig"] == {"MaximumConcurrency": "3"}


@pytest.mark.parametrize("reserved", ["-1", "0", "1"])
def test_a_limit_that_sqs_would_not_take_is_not_given_to_it(reserved: str) -> None:
    assert "ScalingConfig" not in Stack(RefineReserved=reserved).properties("RefineMessages")


def test_queues_call_an_alias_of_the_newest_code_that_a_canary_can_divide(stack: Stack) -> None:
    aliases = stack.of_type("AWS::Lambda::Alias")
    assert aliases == {
        f"{name}Live": {
            "Name": "live",
            "FunctionName": "${" + name + "}",
            "FunctionVersion": "$LATEST",
        }
        for name in ("Capture", "Refine", "Deliver")
    }
    warm = Stack(CaptureProvisioned="1").of_type("AWS::Lambda::Alias")
    assert {k: v for k, v in warm.items() if k != "CaptureLive"} == {
        k: v for k, v in aliases.items() if k != "CaptureLive"
    }


def test_readers_of_queues_may_send_to_their_own_queue_without_end(stack: Stack) -> None:
    # Lambda would stop after 16 rounds what it takes for a loop, and tasks wait for longer.
    looping = {name for name in FUNCTIONS if stack.properties(name).get("RecursiveLoop") == "Allow"}
    senders = {
        name
        for name in FUNCTIONS
        for actions in allowed(stack, f"{name}Role").values()
        if {"sqs:ReceiveMessage", "sqs:SendMessage"} <= actions
    }
    assert looping == senders == {"Refine", "Deliver"}


def test_log_groups_are_named_as_the_account_wants_them() -> None:
    groups = Stack(LogGroupPrefix="/aws/lambda/crm").of_type("AWS::Logs::LogGroup").values()
    assert {g["LogGroupName"] for g in groups} == {
        f"/aws/lambda/crm/{name}"
        for name in ("capture", "refine", "deliver", "sweep", "api", "tell-again")
    }


def test_sweep_runs_every_quarter_of_an_hour_and_is_not_run_twice(stack: Stack) -> None:
    schedule = stack.properties("SweepScheduleRule")
    assert schedule["ScheduleExpression"] == "rate(15 minutes)"
    assert schedule["Target"]["Arn"] == "${Sweep.Arn}"
    assert schedule["Target"]["RoleArn"] == "${SchedulerRole.Arn}"
    assert stack.properties("SweepEventInvokeConfig")["MaximumRetryAttempts"] == 0
    assert Stack(SweepSchedule="rate(1 hour)").properties("SweepScheduleRule")[
        "ScheduleExpression"
    ] == ("rate(1 hour)")


def test_the_api_calls_the_newest_code_unless_instances_are_kept_warm(stack: Stack) -> None:
    alias = stack.properties("CaptureLive")
    assert (alias["Name"], alias["FunctionVersion"]) == ("live", "$LATEST")
    assert "ProvisionedConcurrencyConfig" not in alias
    warm = Stack(CaptureProvisioned="3").properties("CaptureLive")
    assert warm["FunctionVersion"] == "${CaptureVersion.Version}"
    assert warm["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": "3"}


def test_a_change_of_what_a_version_takes_with_it_publishes_another() -> None:
    def description(**parameters: str) -> str:
        warm = Stack(CaptureProvisioned="1", **parameters)
        text: str = warm.properties("CaptureVersion")["Description"]
        return text

    changes = {
        "CaptureCode": "x.zip",
        "Runtime": "python3.12",
        "Architecture": "x86_64",
        "CaptureMemory": "512",
        "CaptureTimeout": "5",
        "Shards": "8",
        "Delay": "5m",
        "LogLevel": "debug",
        "Tracing": "true",
        "Clock": "schedules",
        "LogGroupPrefix": "/logs",
        "SettingsParameter": "/mine",
        "SettingsSecretArn": SECRET,
        "Profile": "full",
        "Alarms": "plain",
        "WithDashboard": "true",
    }
    before = description()
    for parameter, value in changes.items():
        assert description(**{parameter: value}) != before, parameter
    whole = written()
    taken = referred([whole["Resources"]["Capture"], whole["Globals"]])
    asked: set[str] = set()
    while more := (taken & whole["Conditions"].keys()) - asked:
        asked |= more
        taken |= referred([whole["Conditions"][name] for name in more])
    left_out = {"VpcSubnetIds", "VpcSecurityGroupIds", "KmsKeyArn", "CodeBucket", "CaptureReserved"}
    by_groups = {"LogGroupPrefix"}  # a version writes to the group of its time
    assert taken & whole["Parameters"].keys() == {*changes, *left_out} - by_groups


def test_the_description_of_a_version_is_no_longer_than_lambda_takes() -> None:
    warm = Stack(
        CaptureProvisioned="1",
        CaptureCode="leadline/0.1.0/capture-" + "0" * 64 + ".zip",
        SettingsParameter="/a-rather-long-name-of-a-company/leadline/production/settings",
        Runtime="provided.al2023",
    )
    assert len(warm.properties("CaptureVersion")["Description"]) <= 256
