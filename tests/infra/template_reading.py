"""The template as CloudFormation would see it: translated by SAM, and resolved for parameters.

Only what the template uses is resolved. What is known only when a resource is there (its name,
its ARN) stays a placeholder in the form of `Fn::Sub`: `${Table.Arn}/index/due`.
"""

import copy
import functools
import json
import os
import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from samtranslator.translator.transform import (  # type: ignore[import-untyped]
    transform,
)
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from leadline.infra import template

FUNCTIONS = ("Capture", "Refine", "Deliver", "Sweep")
QUEUES = {"RefineQueue": "RefineDeadLetters", "DeliveryQueue": "DeliveryDeadLetters"}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/k"
COPY = "arn:aws:s3:::copies"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:leadline-AbCdEf"
NEEDED = {"CodeBucket": "code", "CaptureCode": "capture.zip", "WorkCode": "work.zip"}
ASKED_FOR = {
    "KmsKeyArn": KEY,
    "SettingsKeyArn": KEY,
    "Tracing": "true",
    "VpcSubnetIds": "subnet-1",
    "VpcSecurityGroupIds": "sg-1",
    "ReplicationBucketArn": COPY,
    "ReplicationKeyArn": "there",
}
"""Every part that roles and policies depend on."""
PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::StackName": "leads",
    "AWS::URLSuffix": "amazonaws.com",
}
Node = Any
_GONE = object()


@functools.cache
def _written() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml_parse(template())
    return parsed


@functools.cache
def _translated() -> dict[str, Any]:
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": "eu-west-1"}):
        translated: dict[str, Any] = transform(
            copy.deepcopy(_written()), dict(NEEDED), SimpleNamespace(load=dict)
        )
    return translated


def written() -> dict[str, Any]:
    """The template as it is written, with short forms such as `!Ref` spelled out."""
    return copy.deepcopy(_written())


class Stack:
    """What a deployment with these parameters (the others at their defaults) would make."""

    def __init__(self, **parameters: str) -> None:
        document = _translated()
        self._mappings = document["Mappings"]
        self._conditions = document["Conditions"]
        defaults = {
            name: parameter["Default"]
            for name, parameter in document["Parameters"].items()
            if "Default" in parameter
        }
        unknown = parameters.keys() - document["Parameters"].keys()
        assert not unknown, f"the template knows no parameter {unknown}"
        self.values: Mapping[str, Any] = {**defaults, **NEEDED, **parameters}
        self.resources: dict[str, dict[str, Any]] = {
            name: self.resolve(resource)
            for name, resource in document["Resources"].items()
            if self.holds(resource.get("Condition"))
        }
        self.outputs: dict[str, str] = {
            name: self.resolve(output["Value"])
            for name, output in document["Outputs"].items()
            if self.holds(output.get("Condition"))
        }
        self.broken_rules = [
            assertion["AssertDescription"]
            for rule in document["Rules"].values()
            if self._true(rule["RuleCondition"])
            for assertion in rule["Assertions"]
            if not self._true(assertion["Assert"])
        ]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of the resources of one type, such as `AWS::SQS::Queue`, by name."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def properties(self, name: str) -> dict[str, Any]:
        """The properties of one resource."""
        found: dict[str, Any] = self.resources[name].get("Properties", {})
        return found

    def holds(self, condition: str | None) -> bool:
        """Whether a condition is true; none is."""
        return condition is None or self._true(self._conditions[condition])

    def _true(self, node: Node) -> bool:
        ((function, argument),) = node.items()
        if function == "Fn::Equals":
            left, right = (self.resolve(a) for a in argument)
            return bool(str(left) == str(right))
        if function == "Fn::Not":
            return not self._true(argument[0])
        if function in ("Fn::And", "Fn::Or"):
            return (all if function == "Fn::And" else any)(self._true(a) for a in argument)
        assert function == "Condition", f"an unknown condition: {function}"
        return self.holds(argument)

    def resolve(self, node: Node) -> Node:
        """`node` without parameters, conditions and mappings."""
        if isinstance(node, list):
            return [r for r in (self.resolve(n) for n in node) if r is not _GONE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((function, argument),) = node.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._called(function, argument)
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not _GONE}

    def _called(self, function: str, argument: Node) -> Node:
        if function == "Ref":
            return _GONE if argument == "AWS::NoValue" else self._named(argument)
        if function == "Fn::GetAtt":
            return "${" + ".".join(argument) + "}"
        if function == "Fn::If":
            condition, then, otherwise = argument
            return self.resolve(then if self.holds(condition) else otherwise)
        if function == "Fn::FindInMap":
            name, first, second = (self.resolve(a) for a in argument)
            return self._mappings[name][first][second]
        if function == "Fn::Split":
            separator, text = argument
            return self.resolve(text).split(separator)
        if function == "Fn::Select":
            index, items = argument
            return self.resolve(items)[int(index)]
        assert function == "Fn::Sub", f"an unknown function: {function}"
        text, own = (argument, {}) if isinstance(argument, str) else argument
        return re.sub(
            r"\$\{([^}]+)\}",
            lambda m: str(self.resolve(own[m[1]]) if m[1] in own else self._named(m[1])),
            text,
        )

    def _named(self, name: str) -> Any:
        if name in self.values:
            return self.values[name]
        return PSEUDO.get(name, "${" + name + "}")


def allowed(stack: Stack, role: str) -> dict[str, set[str]]:
    """What a role may do, by resource, out of its own policies."""
    found: dict[str, set[str]] = {}
    for policy in stack.properties(role)["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            assert isinstance(statement["Action"], list), "one action a line"
            places = statement["Resource"]
            for place in places if isinstance(places, list) else [places]:
                found.setdefault(place, set()).update(statement["Action"])
    return found


def referred(node: Node) -> set[str]:
    """Every name that `node` refers to by Ref, GetAtt or Sub, and every condition."""
    text = json.dumps(node)
    names = re.findall(r'"Ref": "([^"]+)"|"Fn::GetAtt": \["([^"]+)"|\$\{([A-Za-z0-9]+)', text)
    conditions = re.findall(r'"(?:Condition|Fn::If)": \[?"([A-Za-z0-9]+)"', text)
    return {name for found in names for name in found if name} | set(conditions)
