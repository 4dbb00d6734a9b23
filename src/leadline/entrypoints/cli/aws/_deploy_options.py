"""The options of `deploy aws`."""

from pathlib import Path
from typing import Annotated

import typer

Parameters = Annotated[
    Path | None, typer.Option(help="A TOML or JSON file of template parameters: Name = value.")
]
SettingsFile = Annotated[Path | None, typer.Option(help="The leadline.toml for the functions.")]
Tags = Annotated[
    list[str] | None,
    typer.Option(
        "--tag",
        metavar="KEY=VALUE",
        help="A tag for the stack and all of its resources; may be repeated. The tags given "
        "replace those of the stack; without any they stay as they are.",
        show_default=False,
    ),
]
RoleArn = Annotated[
    str,
    typer.Option(
        "--role-arn",
        metavar="ARN",
        help="The IAM role with which CloudFormation works, instead of your own rights; it stays "
        "that of the stack.",
    ),
]
Share = Annotated[
    str | None,
    typer.Option(
        "--canary",
        metavar="PERCENT",
        help="Give new code only this share of the calls at first, such as 10%; then all of them, "
        "or none if an alarm rings or its runs fail. `abort` takes back a canary that was "
        "interrupted.",
        show_default=False,
    ),
]
CanaryTime = Annotated[
    str, typer.Option("--for", metavar="TIME", help="How long a canary is watched.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the changes, and make none.")]
AllowReplacement = Annotated[
    bool,
    typer.Option(
        "--allow-replacement", help="Allow the bucket or the table to be replaced by an empty one."
    ),
]
