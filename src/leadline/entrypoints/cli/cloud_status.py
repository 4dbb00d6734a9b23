"""The state of a stack on AWS: `status aws`, `logs`.

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
from leadline.entrypoints.cli._show import as_json, console, point_in_time, say, table, when
from leadline.model.ids import is_lead_id

if TYPE_CHECKING:
    pass

status_app = typer.Typer(
    help="Show the state of a deployment.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(status_app, name="status")


@status_app.command("aws")
def status_aws(stack: Stack = "leadline", region: Region = None, json: Json = False) -> None:
    """Show the state of a stack: its code, queues, alarms and recent failures.

    Example: leadline status aws
    """
    cloud = connect(region)
    from leadline.cloud.state import stack_state

    with readable_errors():
        state = stack_state(cloud, stack, datetime.now(UTC))
    if json:
        as_json(state)
        return
    out = console()
    out.print(f"{stack} is {state.status} since {when(state.changed_at)}", markup=False)
    out.print(f"webhook: {state.webhook_url}", soft_wrap=True, markup=False)
    for name, version in state.code.items():
        out.print(f"{name} runs {version}", markup=False)
    rows = [(n, q.visible, q.in_flight, q.delayed) for n, q in state.queues.items()]
    table(("queue", "visible", "in flight", "delayed"), rows, empty="")
    ringing = [name for name, of in state.alarms.items() if of == "ALARM"]
    out.print(f"alarms that ring: {', '.join(ringing) or 'none'}", markup=False)
    if len(ringing) < len(state.alarms):  # in a new stack, or for what never happened
        out.print(f"alarms that have seen no figures yet: {len(state.alarms) - len(ringing)}")
    failing = {name: errors for name, errors in state.errors.items() if errors.count}
    for name, errors in failing.items():
        out.print(f"{name} failed {errors.count} times within a day, last at {when(errors.last)}")
    if state.errors and not failing:
        out.print("no function failed within a day")
    for note in state.notes:
        say(note)


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
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
        except KeyboardInterrupt:
            return
