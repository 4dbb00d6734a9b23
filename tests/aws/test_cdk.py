"""The CDK deploys infra/cdk, from Python and from TypeScript."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from leadline.standins.slack_inbox import SlackInbox
from tests.aws.deployment import PARAMETERS, run_command
from tests.aws.other_ways import (
    DEPLOYERS,
    ROOT,
    as_texts,
    lead_is_told,
    operators_can_work,
    package,
    program,
    put_settings,
    python,
    run,
)
from tests.standins.emulator import REGION, Emulator
from tools.cdk_parameters import snake_case
from tools.serverless_files import written

pytestmark = pytest.mark.aws

STACK = "leadline"
FOLDER = ROOT / "infra" / "cdk"
CHOSEN = {
    name: value for name, value in PARAMETERS.items() if name not in ("Runtime", "Architecture")
}
TEMPLATE = f"{STACK}.template.json"
ENVIRONMENT = f"aws://000000000000/{REGION}"
ONLY_OF_THE_CDK = {"Parameters", "SendersPostTo"}
"""The outputs that the construct and the example add."""


@pytest.fixture(scope="module")
def folder(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package, the construct and its example."""
    folder = tmp_path_factory.mktemp("cdk")
    package(emulator, folder)
    shutil.copytree(FOLDER / "leadline_cdk", folder / "leadline_cdk")
    shutil.copy(FOLDER / "example.py", folder)
    return folder


@pytest.fixture(scope="module")
def synthesized(folder: Path, emulator: Emulator) -> Path:
    """The cloud assembly of the example in Python."""
    chosen = {snake_case(name): value for name, value in CHOSEN.items()}
    _synthesize(emulator, folder, "python.out", [python(), "example.py"], chosen)
    return folder / "python.out"


def _synthesize(
    emulator: Emulator, folder: Path, out: str, words: list[str | Path], chosen: dict[str, Any]
) -> None:
    """Run an app as the CDK does, without its program."""
    context = {"leadline": chosen, "aws:cdk:version-reporting": False}
    run(emulator, folder, *words, CDK_OUTDIR=out, CDK_CONTEXT_JSON=json.dumps(context))


def _template(assembly: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((assembly / TEMPLATE).read_text())
    return found


def test_the_resources_are_those_of_the_template(synthesized: Path) -> None:
    template, ours = _template(synthesized), written()
    for section in ("Resources", "Conditions", "Mappings", "Transform", "Globals"):
        assert (
            template[section].keys() == ours[section].keys()
            if isinstance(ours[section], dict)
            else template[section] == ours[section]
        ), section
    assert ours["Rules"].keys() <= template["Rules"].keys()
    assert template["Outputs"].keys() - ours["Outputs"].keys() == ONLY_OF_THE_CDK
    assert ours["Outputs"].keys() <= template["Outputs"].keys()
    for name, resource in ours["Resources"].items():
        assert _shape(template["Resources"][name]) == _shape(resource), name


def _shape(resource: dict[str, Any]) -> dict[str, Any]:
    """What must be the same whatever the parameters are."""
    attributes = {k: resource.get(k) for k in ("Type", "Condition", "DeletionPolicy", "DependsOn")}
    return {**attributes, "Properties": set(resource.get("Properties", ()))}


def test_an_app_in_typescript_gives_the_same_template(
    synthesized: Path, folder: Path, emulator: Emulator
) -> None:
    for file in (FOLDER / "typescript").iterdir():
        shutil.copy(file, folder)
    (folder / "node_modules").symlink_to(DEPLOYERS / "node_modules")
    run(emulator, folder, program("tsc"), "--project", ".")
    _synthesize(emulator, folder, "typescript.out", ["node", "app.js"], dict(CHOSEN))
    assert _template(folder / "typescript.out") == _template(synthesized)


def test_a_lead_goes_through_and_operators_see_and_replay_it(
    synthesized: Path, folder: Path, emulator: Emulator, slack: SlackInbox
) -> None:
    emulator.reset()
    put_settings(emulator, STACK, slack)
    cdk = (program("cdk"), "--no-version-reporting", "--no-notices", "--app", synthesized)
    run(emulator, folder, *cdk, "bootstrap", ENVIRONMENT)
    _let_in_plain_http(emulator)
    run(emulator, folder, *cdk, "deploy", "--require-approval", "never")
    lead_id = lead_is_told(emulator, STACK, slack)
    operators_can_work(emulator, folder, STACK, lead_id, slack)
    shown = run_command(emulator, folder, "config", "show", "--aws", STACK, "--json")
    settings = {row["name"]: row["value"] for row in json.loads(shown.stdout)}
    assert settings["delay"] == as_texts(CHOSEN)["Delay"]


def _let_in_plain_http(emulator: Emulator) -> None:
    """Let publishers into the bucket for assets, whose policy refuses requests without TLS."""
    bucket = f"cdk-hnb659fds-assets-000000000000-{REGION}"
    emulator.client("s3").delete_bucket_policy(Bucket=bucket)
