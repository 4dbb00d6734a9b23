"""Checks the state machines of the AWS template (make check-infra): by the rules of
`state_machine_rules`, by cfn-lint and by asl-validator.

No two validators find the same, and the emulator of AWS accepts almost any definition.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from leadline.infra import template
from tools.state_machine_rules import broken_rules

ROOT = Path(__file__).parents[1]
VALIDATOR = ROOT / ".asl" / "node_modules" / "asl-validator" / "dist" / "bin" / "asl-validator.js"
_PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "111122223333",
    "AWS::StackName": "leads",
}


def definitions() -> dict[str, dict[str, Any]]:
    """The definitions of the template's state machines by the names of their resources. What is
    known only once a resource is there, is an ARN of that name."""
    resources = yaml_parse(template())["Resources"]
    return {
        name: _resolved(resource["Properties"]["Definition"])
        for name, resource in resources.items()
        if resource["Type"] == "AWS::StepFunctions::StateMachine"
    }


def _resolved(node: Any) -> Any:
    if isinstance(node, list):
        return [_resolved(part) for part in node]
    if not isinstance(node, Mapping):
        return node
    if set(node) == {"Fn::Sub"}:
        return re.sub(r"\$\{([^}]+)\}", lambda name: _PSEUDO[name[1]], node["Fn::Sub"])
    if set(node) == {"Fn::GetAtt"}:
        return f"arn:aws:lambda:eu-west-1:111122223333:function:{node['Fn::GetAtt'][0]}"
    if set(node) == {"Ref"}:
        return f"https://sqs.eu-west-1.amazonaws.com/111122223333/{node['Ref']}"
    return {key: _resolved(value) for key, value in node.items()}


def found_by_cfn_lint(definition: Mapping[str, Any]) -> list[str]:
    """What cfn-lint finds in a definition."""
    from cfnlint.api import lint  # type: ignore[import-untyped]  # takes long to load

    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "DefinitionString": json.dumps(definition),
            "RoleArn": "arn:aws:iam::111122223333:role/executions",
        },
    }
    whole = json.dumps({"Resources": {"Machine": machine}})
    return [f"cfn-lint: {match}" for match in lint(whole, config={"regions": ["eu-west-1"]})]


def found_by_asl_validator(definition: Mapping[str, Any]) -> list[str]:
    """What asl-validator finds in a definition."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "definition.json"
        path.write_text(json.dumps(definition), encoding="utf-8")
        done = subprocess.run(
            ["node", str(VALIDATOR), "--json-path", str(path)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    said = (done.stdout + done.stderr).strip().replace(str(path), "the definition")
    return [] if done.returncode == 0 else [f"asl-validator: {said}"]


def main() -> int:
    """Print what is wrong; the exit status."""
    wrong = [
        f"{name}: {problem}"
        for name, definition in definitions().items()
        for problem in (
            *broken_rules(definition),
            *found_by_cfn_lint(definition),
            *found_by_asl_validator(definition),
        )
    ]
    print("\n".join(wrong) or "The state machines break no rule.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
