"""The Serverless Framework deploys infra/serverless."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from botocore.exceptions import ClientError

from leadline.standins.slack_inbox import SlackInbox
from tests.aws.deployment import PARAMETERS
from tests.aws.other_ways import (
    ROOT,
    as_texts,
    lead_is_told,
    operators_can_work,
    package,
    program,
    put_settings,
    run,
)
from tests.standins.emulator import Emulator
from tools.serverless_files import logical_id, translated, without_entries

pytestmark = pytest.mark.aws

STACK = "leadline"
FOLDER = ROOT / "infra" / "serverless"
FOR_TESTS = {"Delay": "1s", "TlsOnly": PARAMETERS["TlsOnly"]}

ONLY_OF_THE_FRAMEWORK = {
    "ServerlessDeploymentBucket": "the framework uploads code to a bucket of the stack",
    "ServerlessDeploymentBucketPolicy": "it refuses requests without TLS",
}
OTHER_PROPERTIES = {
    "Code": "it is in the framework's bucket",
    "FunctionName": "the framework finds functions by names of its own",
    "Tags": "SAM's tag says who created the function",
}
OTHER_ATTRIBUTES = {"DependsOn": "the framework names the role, which is referred to anyway"}
"""What differs in functions."""


@pytest.fixture(scope="module")
def folder(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a service with the package of this code."""
    folder = tmp_path_factory.mktemp("serverless")
    for file in FOLDER.glob("*.yml"):
        shutil.copy(file, folder)
    package(emulator, folder)
    return folder


@pytest.fixture(scope="module")
def deployed(folder: Path, emulator: Emulator, slack: SlackInbox) -> Path:
    """The folder of a service that is deployed."""
    emulator.reset()
    shutil.copytree(folder, folder / "deployed")
    folder /= "deployed"
    unknown = _unknown_to(emulator)
    resources = folder / "resources.yml"
    resources.write_text(without_entries(resources.read_text(), unknown.__contains__))
    parameters = yaml.safe_load((folder / "parameters.yml").read_text())
    ours = [one for one in parameters if one["ParameterKey"] not in FOR_TESTS]
    ours += [
        {"ParameterKey": name, "ParameterValue": value}
        for name, value in as_texts(FOR_TESTS).items()
    ]
    (folder / "parameters.yml").write_text(yaml.safe_dump(ours))
    put_settings(emulator, STACK, slack)
    run(emulator, folder, program("osls"), "deploy")
    return folder


def _unknown_to(emulator: Emulator) -> set[str]:
    """The resources for whose type the emulator refuses a template, even where a condition leaves
    them out: a template that is validated has no parameters."""
    resources = translated()["Resources"]
    bare = {name: {"Type": one["Type"]} for name, one in resources.items()}
    try:
        emulator.client("cloudformation").validate_template(
            TemplateBody=json.dumps({"Resources": bare})
        )
    except ClientError as error:
        types = set(re.findall(r"AWS::\w+::\w+", str(error)))
    else:
        types = set()
    unknown = {name for name, one in resources.items() if one["Type"] in types}
    assert all("Condition" in resources[name] for name in unknown), unknown
    return unknown


def test_a_lead_goes_through_and_operators_see_and_replay_it(
    deployed: Path, emulator: Emulator, slack: SlackInbox
) -> None:
    lead_id = lead_is_told(emulator, STACK, slack)
    operators_can_work(emulator, deployed, STACK, lead_id, slack)


def test_the_resources_are_those_of_the_template(folder: Path, emulator: Emulator) -> None:
    run(emulator, folder, program("osls"), "package")
    compiled = json.loads(
        (folder / ".serverless" / "cloudformation-template-update-stack.json").read_text()
    )
    template = _with_logical_ids_of_the_framework(translated())
    ours, theirs = template["Resources"], compiled["Resources"]
    assert theirs.keys() - ours.keys() == ONLY_OF_THE_FRAMEWORK.keys()
    assert ours.keys() - theirs.keys() == set()
    for name, resource in ours.items():
        assert _compared(theirs[name]) == _compared(resource), name
    assert compiled["Conditions"] == template["Conditions"]
    assert compiled["Mappings"] == template["Mappings"]
    assert template["Parameters"].keys() - compiled["Parameters"].keys() == {"CodeBucket"}
    assert compiled["Outputs"].keys() - template["Outputs"].keys() == {
        "ServerlessDeploymentBucketName"
    }
    for name, output in template["Outputs"].items():
        assert compiled["Outputs"][name]["Value"] == output["Value"]


def _compared(resource: Mapping[str, Any]) -> dict[str, Any]:
    if resource["Type"] != "AWS::Lambda::Function":
        return dict(resource)
    properties = {k: v for k, v in resource["Properties"].items() if k not in OTHER_PROPERTIES}
    kept = {k: v for k, v in resource.items() if k not in OTHER_ATTRIBUTES}
    return {**kept, "Properties": properties}


def _with_logical_ids_of_the_framework(template: Mapping[str, Any]) -> dict[str, Any]:
    functions = [
        n for n, r in template["Resources"].items() if r["Type"] == "AWS::Lambda::Function"
    ]

    def renamed_within(text: str) -> str:
        return re.sub(
            r"\$\{(\w+)(?=[.}])",
            lambda m: "${" + (logical_id(m[1]) if m[1] in functions else m[1]),
            text,
        )

    def renamed(node: Any) -> Any:
        if isinstance(node, list):
            return [renamed(one) for one in node]
        if not isinstance(node, dict):
            return node
        if node.get("Ref") in functions:
            return {"Ref": logical_id(node["Ref"])}
        if "Fn::GetAtt" in node and node["Fn::GetAtt"][0] in functions:
            name, *rest = node["Fn::GetAtt"]
            return {"Fn::GetAtt": [logical_id(name), *rest]}
        if isinstance(node.get("Fn::Sub"), str):
            return {"Fn::Sub": renamed_within(node["Fn::Sub"])}
        if "Fn::Sub" in node:
            text, values = node["Fn::Sub"]
            return {"Fn::Sub": [renamed_within(text), renamed(values)]}
        return {key: renamed(value) for key, value in node.items()}

    found: dict[str, Any] = renamed(dict(template))
    found["Resources"] = {
        logical_id(name) if name in functions else name: resource
        for name, resource in found["Resources"].items()
    }
    return found
