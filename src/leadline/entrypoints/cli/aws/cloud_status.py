"""The log lines of a stack on AWS: `logs`.

Modules that need boto3 are imported by the commands themselves, because it is an optional extra.
"""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from leadline.cloud.session import connect, readable_errors
from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._options import Json, Region, Stack
from leadline.entrypoints.cli._show import point_in_time
from leadline.model.ids import is_lead_id
from leadline.model.texts.harmless_texts import escaped_json, one_line

if TYPE_CHECKING:
    pass


class FunctionName(StrEnum):
    """The functions of a stack."""

    CAPTURE = "capture"
    REFINE = "refine"
    DELIVER = "deliver"
    SWEEP = "sweep"


@app.command()
def logs(
    stack: Stack = "leadline",
    region: Region = None,
    function: Annotated[FunctionName | None, typer.Option(help="Only this function.")] = None,
    since: Annotated[str, typer.Option(help="From this time, or this long ago.")] = "15m",
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Keep printing new lines until Ctrl-C.")
    ] = False,
    lead: Annotated[str, typer.Option(help="Only lines about this lead.")] = "",
    json: Json = False,
) -> None:
    """Show the log lines of a stack's functions in order of time.

    Example: leadline logs --since 1h --function refine
    """
    start = point_in_time(since) or datetime.now(UTC)
    if lead and not is_lead_id(lead):
        raise typer.BadParameter(
            f"{lead!r} is not a complete lead id; see `leads` or `show`", param_hint="--lead"
        )
    cloud = connect(region)
    from leadline.cloud import tail

    with readable_errors():
        groups = tail.log_groups(cloud, stack, function)
        lines = tail.log_lines(cloud, groups, start, lead.lower(), follow=follow)
        shown = tail.as_json_lines(lines) if json else map(tail.as_text, lines)
        try:
            for line in shown:
                sys.stdout.write((escaped_json if json else one_line)(line) + "\n")
                sys.stdout.flush()
        except KeyboardInterrupt:
            return
