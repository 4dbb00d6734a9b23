"""The module of infra/terraform can be read. Terraform itself is not tried: what it needs to
deploy comes from registries of its own."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.aws.other_ways import ROOT, python, run
from tests.standins.emulator import Emulator
from tools.cdk_parameters import chosen_parameters, snake_case

pytestmark = pytest.mark.aws

FOLDER = ROOT / "infra" / "terraform"
READ = """
import json, sys
import hcl2
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        print(json.dumps(hcl2.load(file)))
"""


@pytest.fixture(scope="module")
def module(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Each file of the module, as python-hcl2 reads it."""
    folder: Path = tmp_path_factory.mktemp("terraform")
    files = sorted(FOLDER.glob("*.tf"))
    lines = run(emulator, folder, python(), "-c", READ, *files).splitlines()
    return [json.loads(line) for line in lines]


def _named(module: list[dict[str, Any]], kind: str) -> list[str]:
    blocks = [block for file in module for block in file.get(kind, [])]
    return [name.strip('"') for block in blocks for name in block if not name.startswith("__")]


def test_there_is_a_variable_for_each_parameter_that_people_choose(
    module: list[dict[str, Any]],
) -> None:
    of_the_module = {"stack", "package", "code_bucket"}
    variables = _named(module, "variable")
    assert len(set(variables)) == len(variables)
    assert set(variables) == {*map(snake_case, chosen_parameters())} | of_the_module
    (chosen,) = [
        one["chosen"] for file in module for one in file.get("locals", []) if "chosen" in one
    ]
    given = {name.strip('"'): value for name, value in chosen.items() if not name.startswith("__")}
    assert given == {name: f"${{var.{snake_case(name)}}}" for name in chosen_parameters()}


def test_its_stack_waits_for_the_code_and_may_create_roles(module: list[dict[str, Any]]) -> None:
    text = (FOLDER / "main.tf").read_text(encoding="utf-8")
    resources = _named(module, "resource")
    assert sorted(resources) == ["aws_cloudformation_stack", "aws_s3_object", "aws_s3_object"]
    assert "depends_on = [aws_s3_object.code]" in text
    assert "CAPABILITY_IAM" in text
