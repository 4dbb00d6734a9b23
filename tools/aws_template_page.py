"""The page docs/reference/aws-template.md, out of the template itself."""

import json
import re
from typing import Any

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from leadline.infra import template

_HEAD = """# The AWS template

<!-- Written by `make docs` out of src/leadline/infra/template.yaml: edit that, not this. -->

`leadline deploy aws` creates a stack from one SAM template, which is in the package. You choose its
parameters; the stack then has outputs.

## Parameters

| parameter | default | meaning | must be |
| --- | --- | --- | --- |
"""
_OUTPUTS = """
## Outputs

| output | meaning |
| --- | --- |
"""
_ALARMS = """
## Alarms

All of them notify the topic `AlarmTopic` when they start and when they end, and once a day while
they ring. `Profile` selects them, or `Alarms` where it is set; which stands for which is
[a table](../how-to/read-the-aws-alarms.md#the-alarms-of-each-profile). `AlarmEmail` subscribes an
address.

| alarm | starts when |
| --- | --- |
"""
_ROLES = """
## Roles

Each function has a role of its own. No role may delete an object. The resource `*` is used for the
list of alarms, and else only if AWS offers nothing narrower, with the parameters that need it.

| role | may | on |
| --- | --- | --- |
"""
_KEPT = """
## What stays when the stack goes

{names}.

Bucket and table hold your leads. API Gateway uses the role to write access logs, for every API of
the account in the region; with `AccountLogsRole=false` the stack has no such role.
"""
_TAIL = """
## What to know before changing something

- API Gateway speaks TLS 1.2 and newer here (`TlsPolicy`), lets in 10 MB, and waits for Capture for
  29 seconds. Capture itself lets in `max_body`.
- Another `TlsPolicy` takes effect when the API is deployed anew (API Gateway Developer Guide, "How
  to change a security policy"). So each has a deployment of its own in the template, and the stack
  gets it with the change.
- The stack's name has 66 characters at most: its queues are named after it, and SQS takes 80. With
  `Clock` as schedules it has 56: two functions are named after it, and Lambda takes 64.
- Every body reaches Capture in base64 and is decoded there, because signatures cover bytes.
- The visibility timeout of a queue is six times the timeout of its function; that is why these
  timeouts are a choice and not a range.
- AWS does not say whether the age of a message counts from when it was sent or from when it could
  be received. `OldestMessageSeconds` allows for the worse of the two with a `Delay` of up to 10
  minutes. With a longer one, make it the delay and 900 more: 1800 at most, because a message waits
  15 minutes at most and is then sent again.
- Objects under 128 KB, which most deliveries are, stay in standard storage whatever
  `RawToInfrequentDays` says: in infrequent access each would be billed as 128 KB.
- `RefineReserved` also holds the queue to that many batches at once if it is 2 or more. With 0 or 1
  the queue hands out more than may run, and a message that is refused three times is a dead letter.
- With `CaptureProvisioned` a change of subnets, security groups or `KmsKeyArn` reaches Capture only
  with the next deployment of code.
- The bucket and the queues are reached by the roles of this account. A key of yours must let
  CloudWatch (alarms) and CloudWatch Logs use it, or alarms are silent and log groups can't be made.
"""


def text() -> str:
    """The page."""
    parsed = yaml_parse(template())
    return "".join(
        (
            _HEAD,
            *(_parameter(name, parameter) for name, parameter in parsed["Parameters"].items()),
            _OUTPUTS,
            *(
                f"| `{name}` | {output['Description']}{_only(output)} |\n"
                for name, output in parsed["Outputs"].items()
            ),
            _ALARMS,
            *(
                f"| `{name}` | {resource['Properties']['AlarmDescription']} |\n"
                for name, resource in parsed["Resources"].items()
                if resource["Type"] == "AWS::CloudWatch::Alarm"
            ),
            _ROLES,
            *(
                row
                for name, resource in parsed["Resources"].items()
                for row in _rows(name, resource, parsed["Conditions"])
            ),
            _KEPT.format(names=_kept(parsed["Resources"])),
            _TAIL,
        )
    )


def _parameter(name: str, parameter: dict[str, Any]) -> str:
    default = str(parameter["Default"]) if "Default" in parameter else None
    shown = "(needed)" if default is None else f"`{default}`" if default else ""
    return f"| `{name}` | {shown} | {parameter['Description']} | {_must_be(parameter)} |\n"


def _must_be(parameter: dict[str, Any]) -> str:
    if "AllowedValues" in parameter:
        return "one of " + ", ".join(f"`{value}`" for value in parameter["AllowedValues"])
    if parameter["Type"] == "Number":
        least = f"a number from {parameter['MinValue']}"
        return f"{least} to {parameter['MaxValue']}" if "MaxValue" in parameter else least
    return "as written in its `AllowedPattern`" if "AllowedPattern" in parameter else ""


def _only(output: dict[str, Any]) -> str:
    return " Only where asked for." if "Condition" in output else ""


CLOCKS = {
    "UsesQueues": ", with queues as `Clock`",
    "UsesSchedules": ", with schedules as `Clock`",
    "UsesExecutions": ", with executions as `Clock`",
}
"""What is said of the conditions that choose the clock, by several parameters."""


def _rows(name: str, resource: dict[str, Any], conditions: dict[str, Any]) -> list[str]:
    """A row for each statement of a role, or of a policy of roles."""
    properties = resource.get("Properties", {})
    if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        roles = ", ".join(f"`{role['Ref']}`" for role in properties["Roles"])
        where = _with(resource["Condition"], conditions)
        documents = [properties["PolicyDocument"]]
    elif resource["Type"] == "AWS::IAM::Role":
        roles = f"`{name}`"
        where = CLOCKS.get(resource.get("Condition", ""), "")
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    else:
        return []
    rows = [
        f"| {roles} | what AWS's policy `{_managed(arn)}` lets it | |\n"
        for arn in properties.get("ManagedPolicyArns", [])
    ]
    for statement in [s for document in documents for s in document["Statement"]]:
        condition, *choices = statement.get("Fn::If", (None, statement))
        for choice in choices:
            if "Action" in choice:
                chosen = condition and choice is choices[0]
                only = _with(condition, conditions) if chosen else where
                actions = ", ".join(f"`{action}`" for action in choice["Action"])
                rows.append(f"| {roles} | {actions} | {_places(choice['Resource'])}{only} |\n")
    return rows


def _with(condition: str, conditions: dict[str, Any]) -> str:
    """The parameters that a condition asks about, as words behind a resource."""
    if condition in CLOCKS:
        return CLOCKS[condition]
    text = json.dumps(conditions[condition])
    parameters = re.findall(r'"Ref": "(\w+)"', text)
    for other in re.findall(r'"Condition": "(\w+)"', text):
        parameters += re.findall(r'"Ref": "(\w+)"', json.dumps(conditions[other]))
    return ", with " + " and ".join(f"`{name}`" for name in parameters)


def _managed(arn: dict[str, str]) -> str:
    return arn["Fn::Sub"].rpartition("/")[2]


def _places(resource: Any) -> str:
    if isinstance(resource, list):
        return ", ".join(_places(one) for one in resource)
    if isinstance(resource, str):
        return f"`{resource}`"
    ((function, argument),) = resource.items()
    if function == "Fn::If":
        return "the parameter with the settings"
    if function == "Ref":
        return f"what `{argument}` names"
    if function == "Fn::GetAtt":
        return f"`{argument[0]}`"
    return "`" + re.sub(r"\$\{(\w+)(\.Arn)?\}", r"\1", argument) + "`"


def _kept(resources: dict[str, Any]) -> str:
    kept = [
        f"`{name}`"
        for name, resource in resources.items()
        if resource.get("DeletionPolicy") == "Retain"
    ]
    return ", ".join(kept[:-1]) + f" and {kept[-1]}"
