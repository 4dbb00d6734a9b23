"""The state of an installation: `status`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from leadline.cloud.session import Cloud, connect, readable_errors
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, console, print_plain, say, table, when
from leadline.entrypoints.cli.aws._reached import reached_of_stack
from leadline.entrypoints.cli.doctor._dashboard_check import check_dashboard
from leadline.entrypoints.cli.look._removed_teams import waiting_without_team
from leadline.entrypoints.cli.look._state import checks_of, installation_state
from leadline.journey.assigning.removed_teams import removed_words
from leadline.model.errors import ConfigurationError

if TYPE_CHECKING:
    from leadline.cloud.state import StackState

_OLD = "aws"
"""The word by which version 0.1 asked for the state of a stack."""


@app.command()
def status(
    context: typer.Context,
    place: Annotated[str, typer.Argument(hidden=True)] = "",
    stack: Annotated[str, typer.Option(hidden=True)] = "",
    region: Annotated[str | None, typer.Option(hidden=True)] = None,
    reach: Annotated[
        bool,
        typer.Option(
            "--reach",
            help="With --aws: also run Refine and Deliver for trial, and show whether they can "
            "reach AWS, the channels and whatever else the settings name.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Show what waits, what is late, and what is wrong; exit 1 if something is.

    Tells when a lead was last captured, the state of the channels, dead letters, disk and version.
    It changes nothing, and works beside a running server as well as on a stopped one. With --aws
    it shows the state of the stack: its code, queues, alarms and recent failures.

    Example: leadline status
    """
    options: Options = context.obj
    if place or stack or region:
        _as_before(options, place, stack, region, json=json)
        return
    if reach and options.aws is None:
        raise ConfigurationError("--reach is for stacks: name one with --aws STACK")
    if options.aws is not None:
        is_well = _show_stack(connect(options.region), options.aws, json=json, reach=reach)
    else:
        is_well = _show_installation(options, json=json)
    if not is_well:
        raise typer.Exit(1)


def _show_installation(options: Options, *, json: bool) -> bool:
    """Print the state; returns whether nothing is wrong."""
    settings = options.settings()
    state = installation_state(settings)
    removed = waiting_without_team(settings)
    notes = [("note", f"team {name}", removed_words(n)) for name, n in removed.items()]
    checks = [*checks_of(state), *check_dashboard(settings), *notes]
    wrong = [f"{what}: {found}" for is_so, what, found in checks if is_so == "WRONG"]
    if json:
        data = {**msgspec.structs.asdict(state), "removed_teams": removed}
        as_json({**data, "wrong": wrong})
    else:
        print_plain(f"Leadline {state.version}, {state.at.astimezone():%Y-%m-%d %H:%M:%S}")
        table(("", "check", "found"), checks, empty="")
    return not wrong


def _as_before(options: Options, place: str, stack: str, region: str | None, *, json: bool) -> None:
    """`status aws --stack STACK`, as the last version had it: it always exits with 0."""
    if place != _OLD or options.aws is not None:
        raise ConfigurationError("write `leadline status`, or `leadline status --aws STACK`")
    name = stack or "leadline"
    say(f"`leadline status aws` will end with the next version: write `status --aws {name}`")
    _show_stack(connect(region), name, json=json)


def _show_stack(cloud: Cloud, stack: str, *, json: bool, reach: bool = False) -> bool:
    """Print the state of a stack, with *reach* also what its functions reach; returns whether
    nothing is wrong."""
    from leadline.cloud.stacks import need_stack  # these need boto3, an optional extra
    from leadline.cloud.state import stack_state

    with readable_errors():
        state = stack_state(cloud, stack, datetime.now(UTC))
        if not json:
            _print_stack(state)
        reached = {}
        if reach:
            described = need_stack(cloud.client("cloudformation"), stack)
            reached = reached_of_stack(cloud, described, as_data=json)
    if json:
        as_json({**msgspec.to_builtins(state), **({"reached": reached} if reach else {})})
    return not _is_wrong(state) and not any(r["trouble"] for of in reached.values() for r in of)


def _is_wrong(state: "StackState") -> bool:
    """Whether an alarm rings, a deployment failed, or a dead-letter queue has messages."""
    dead = any(queue.visible for name, queue in state.queues.items() if "dead" in name)
    failed = "FAILED" in state.status or "ROLLBACK" in state.status
    return dead or failed or "ALARM" in state.alarms.values()


def _print_stack(state: "StackState") -> None:
    out = console()
    out.print(f"{state.stack} is {state.status} since {when(state.changed_at)}", markup=False)
    out.print(f"webhook: {state.webhook_url}", soft_wrap=True, markup=False)
    for name, version in state.code.items():
        out.print(f"{name} runs {version}", markup=False)
    rows = [(n, q.visible, q.in_flight, q.delayed) for n, q in state.queues.items()]
    table(("queue", "visible", "in flight", "delayed"), rows, empty="")
    if state.clock == "schedules":
        out.print(f"schedules that wait: {state.schedules}", markup=False)
    if state.clock == "executions":
        out.print(f"executions that run or wait: {state.executions}", markup=False)
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
