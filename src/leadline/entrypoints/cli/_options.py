"""Options that several commands have."""

from typing import Annotated

import typer

from leadline.model.lead import Status

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Masked = Annotated[
    bool | None,
    typer.Option(
        "--masked/--unmasked",
        help="Show leads without the person, as in a•••@example.com; or with them, which the audit "
        "log notes. The default is the setting `mask`.",
        show_default=False,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")]
Stack = Annotated[str, typer.Option(help="The name of the CloudFormation stack.")]
Region = Annotated[
    str | None, typer.Option(help="The AWS region; the default is your AWS configuration's.")
]
StatusOption = Annotated[Status | None, typer.Option(help="Only leads with this status.")]
SourceOption = Annotated[str | None, typer.Option(help="Only leads of this source.")]
SinceOption = Annotated[
    str | None, typer.Option(help="Captured at or after this time, such as 2026-03-02 or 2h.")
]
