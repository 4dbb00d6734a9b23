"""The door of the AWS template."""

import hashlib
import json

import pytest

from tests.infra import template_reading
from tests.infra.template_reading import Stack, written


@pytest.fixture(scope="module")
def stack() -> Stack:
    return Stack()


def test_posts_and_handshakes_reach_capture_byte_for_byte(stack: Stack) -> None:
    api = stack.properties("Api")
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert api["BinaryMediaTypes"] == ["*/*"]
    paths = api["Body"]["paths"]
    assert {path: set(methods) for path, methods in paths.items()} == {
        "/webhook": {"get", "post"},
        "/webhook/{source}": {"get", "post", "options"},
        "/slack/actions": {"post"},
        "/slack/commands": {"post"},
    }
    for methods in paths.values():
        for method in methods.values():
            integration = method["x-amazon-apigateway-integration"]
            assert (integration["type"], integration["httpMethod"]) == ("aws_proxy", "POST")
            assert integration["uri"].endswith("/functions/${CaptureLive}/invocations")


def test_the_api_and_nobody_else_may_call_capture(stack: Stack) -> None:
    permissions = stack.of_type("AWS::Lambda::Permission").values()
    assert {p["FunctionName"] for p in permissions} == {"${CaptureLive}"}
    assert {p["Principal"] for p in permissions} == {"apigateway.amazonaws.com"}
    api = "arn:aws:execute-api:eu-west-1:111122223333:${Api}/prod"
    sources = [p["SourceArn"] for p in permissions]
    assert sources == [f"{api}/*/webhook*", f"{api}/POST/slack/*"]


def test_requests_are_throttled_and_neither_cached_nor_written_down(stack: Stack) -> None:
    (settings,) = stack.properties("ApiStage")["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (500, 1000)
    assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("OFF", False)
    assert "CacheClusterEnabled" not in stack.properties("ApiStage")
    chosen = Stack(ThrottleRate="5", ThrottleBurst="6").properties("ApiStage")
    (settings,) = chosen["MethodSettings"]
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == ("5", "6")


def test_access_logs_are_json_without_anything_that_a_sender_wrote(stack: Stack) -> None:
    setting = stack.properties("ApiStage")["AccessLogSetting"]
    assert setting["DestinationArn"] == "${ApiLogs.Arn}"
    assert "\n" not in setting["Format"]  # API Gateway takes a single line
    assert set(json.loads(setting["Format"]).values()) == {
        "$context.requestId",
        "$context.extendedRequestId",
        "$context.requestTimeEpoch",
        "$context.httpMethod",
        "$context.resourcePath",
        "$context.status",
        "$context.error.responseType",
        "$context.responseLatency",
        "$context.integrationLatency",
        "$context.integrationStatus",
        "$context.responseLength",
    }


def test_old_tls_is_refused_unless_asked_for(stack: Stack) -> None:
    api = stack.properties("Api")
    assert api["SecurityPolicy"] == "SecurityPolicy_TLS13_1_2_PQ_2025_09"
    assert api["EndpointAccessMode"] == "BASIC"  # these policies need one
    old = Stack(TlsPolicy="TLS_1_0").properties("Api")
    assert "SecurityPolicy" not in old
    assert "EndpointAccessMode" not in old


def test_govcloud_is_not_asked_for_a_policy_that_it_does_not_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(template_reading.PSEUDO, "AWS::Partition", "aws-us-gov")
    api = Stack().properties("Api")
    assert "SecurityPolicy" not in api
    assert "EndpointAccessMode" not in api


def test_the_api_has_the_name_that_its_metrics_are_looked_for_under(stack: Stack) -> None:
    api = stack.properties("Api")
    assert api["Name"] == api["Body"]["info"]["title"] == "leads"  # whichever API Gateway prefers
    (dimension, _) = stack.properties("ApiFailures")["Dimensions"]
    assert dimension == {"Name": "ApiName", "Value": "leads"}


def test_deployments_are_named_after_what_they_copy() -> None:
    api = written()["Resources"]["Api"]["Properties"]
    copied = json.dumps([api["Body"], api["BinaryMediaTypes"]], sort_keys=True)
    digest = hashlib.sha256(copied.encode()).hexdigest()[:8]
    policies = written()["Parameters"]["TlsPolicy"]["AllowedValues"]
    named: dict[str, str] = {}
    for keyed, word in (("false", "ApiOpen"), ("true", "ApiKeyed")):
        for policy in policies:
            chosen = Stack(ApiKeyRequired=keyed, TlsPolicy=policy)
            (name,) = chosen.of_type("AWS::ApiGateway::Deployment")
            assert name.startswith(word)
            assert name.endswith(digest), "rename the deployments: they would stay as they were"
            assert chosen.properties("ApiStage")["DeploymentId"] == "${" + name + "}"
            named[name] = policy
    assert len(named) == 2 * len(policies), "another TlsPolicy must deploy the API anew"
    others = set(api) - {"Body", "BinaryMediaTypes", "Name", "Description", "EndpointConfiguration"}
    known = {"SecurityPolicy", "EndpointAccessMode", "DisableExecuteApiEndpoint"}
    assert others == known, "what else does a deployment copy?"


@pytest.mark.parametrize(("keyed", "word"), [("false", "ApiOpen"), ("true", "ApiKeyed")])
def test_the_url_of_aws_is_turned_off_where_asked_and_the_api_deployed_anew(
    stack: Stack, keyed: str, word: str
) -> None:
    assert stack.properties("Api")["DisableExecuteApiEndpoint"] is False
    domain = {"DomainName": "leads.example.com", "CertificateArn": "arn:certificate"}
    with_both = Stack(ApiKeyRequired=keyed, **domain)
    only = Stack(ApiKeyRequired=keyed, DisableExecuteApiEndpoint="true", **domain)
    assert only.broken_rules == []
    assert only.properties("Api")["DisableExecuteApiEndpoint"] is True
    (deployment,) = only.of_type("AWS::ApiGateway::Deployment")
    assert deployment.startswith(word)
    assert deployment not in with_both.resources
    assert only.properties("ApiStage")["DeploymentId"] == "${" + deployment + "}"


@pytest.mark.parametrize("asked", ["true", "false"])
def test_an_api_key_is_needed_where_asked(asked: str) -> None:
    chosen = Stack(ApiKeyRequired=asked)
    paths = chosen.properties("Api")["Body"]["paths"]
    securities = {
        path: [method["security"] for method in methods.values()] for path, methods in paths.items()
    }
    needed = asked == "true"
    asks: list[object] = [{"apiKey": []}] if needed else []
    assert securities == {
        "/webhook": [asks, asks],
        "/webhook/{source}": [asks, asks, []],  # a browser asks before it posts
        "/slack/actions": [[]],  # Slack can send no key; it signs
        "/slack/commands": [[]],
    }
    (deployment,) = chosen.of_type("AWS::ApiGateway::Deployment")
    assert chosen.properties("ApiStage")["DeploymentId"] == "${" + deployment + "}"
    if needed:
        plan = chosen.properties("UsagePlan")
        assert plan["ApiStages"] == [{"ApiId": "${Api}", "Stage": "${ApiStage}"}]
        assert plan["Throttle"] == {"RateLimit": 500, "BurstLimit": 1000}


def test_a_domain_speaks_tls_1_2_and_is_what_senders_are_told(stack: Stack) -> None:
    chosen = Stack(DomainName="leads.example.com", CertificateArn="arn:certificate")
    domain = chosen.properties("Domain")
    assert (domain["DomainName"], domain["SecurityPolicy"]) == ("leads.example.com", "TLS_1_2")
    assert domain["RegionalCertificateArn"] == "arn:certificate"
    assert chosen.outputs["WebhookUrl"] == "https://leads.example.com/webhook"
    assert stack.outputs["WebhookUrl"] == (
        "https://${Api}.execute-api.eu-west-1.amazonaws.com/${ApiStage}/webhook"
    )


def test_access_logs_wait_for_the_role_of_the_account_which_stays(stack: Stack) -> None:
    assert stack.properties("ApiStage")["Tags"][0]["Value"] == "${ApiAccount}"
    for name in ("ApiAccount", "ApiLogsRole"):
        resource = stack.resources[name]
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    without = Stack(AccountLogsRole="false")
    assert "ApiAccount" not in json.dumps(without.resources)
