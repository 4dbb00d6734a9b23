"""The construct: Leadline's own template, with the code as assets."""

import json
from pathlib import Path
from typing import Any

from aws_cdk import CfnOutput, Token
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_sns as sns
from aws_cdk.cloudformation_include import CfnInclude
from constructs import Construct

from .parameters import Parameters

CONTENTS = "package.json"
"""The list of what the package holds, with the parameters that go with it."""
CODE_BUCKET = "CodeBucket"


class Leadline(Construct):
    """Leadline in a stack, which can have one, because the logical ids are those of the template.

    *package* is the folder that `leadline package aws --out FOLDER` wrote. Raises FileNotFoundError
    if it holds none. Every resource of the template is in `template`
    (`template.get_resource("Capture")`), where it can be changed.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        package: str | Path,
        parameters: Parameters | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        folder = Path(package)
        contents = _contents(folder)
        code = self._code(folder, contents)
        set_here = {**(parameters or Parameters()).values(), **contents["parameters"]}
        self.template = CfnInclude(
            self,
            "Template",
            template_file=str(folder / "template.yaml"),
            parameters={**set_here, **code},
        )
        # The CDK writes the values into the template, so that the stack has no such parameters:
        # commands with `--aws STACK` read from this output what was deployed.
        told = CfnOutput(self, "Parameters", value=_told(set_here))
        told.override_logical_id("Parameters")

    def _code(self, folder: Path, contents: dict[str, Any]) -> dict[str, str]:
        """Make assets of the zips; the values of the parameters that say where they are."""
        parameter_of = {key: name for name, key in contents["parameters"].items()}
        found: dict[str, str] = {}
        for name, about in contents["files"].items():
            if "key" in about:
                asset = assets.Asset(self, Path(name).stem, path=str(folder / name))
                found[parameter_of[about["key"]]] = asset.s3_object_key
                found[CODE_BUCKET] = asset.s3_bucket_name  # the same for all assets of a stack
        return found

    @property
    def webhook_url(self) -> str:
        """The URL that senders post to; a source's name may follow."""
        return str(Token.as_string(self.template.get_output("WebhookUrl").value))

    @property
    def bucket(self) -> s3.IBucket:
        """The archive."""
        return s3.Bucket.from_bucket_name(self, "Bucket", self._ref("Bucket"))

    @property
    def table(self) -> dynamodb.ITable:
        """The ledger. What writes into it may lose leads."""
        return dynamodb.Table.from_table_name(self, "Table", self._ref("Table"))

    @property
    def alarm_topic(self) -> sns.ITopic:
        """The topic that all alarms notify, when they start and when they end."""
        return sns.Topic.from_topic_arn(self, "AlarmTopic", self._ref("AlarmTopic"))

    def _ref(self, name: str) -> str:
        return str(self.template.get_resource(name).ref)


def _contents(folder: Path) -> dict[str, Any]:
    path = folder / CONTENTS
    if not path.exists():
        raise FileNotFoundError(
            f"{folder} holds no package of Leadline; write one: leadline package aws --out {folder}"
        )
    contents: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return contents


def _told(values: dict[str, str]) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"))
