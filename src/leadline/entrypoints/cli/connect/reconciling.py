"""Finding what the CRM has and Leadline does not: `reconcile`."""

import time
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
import typer

from leadline import wiring
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._options import DryRun, Json
from leadline.entrypoints.cli._show import as_json, point_in_time, say, table, when
from leadline.entrypoints.cli.connect.crm import no_crm
from leadline.journey.receiving.reconcile import FoundLead, Reconciled, reconcile
from leadline.model.errors import ConfigurationError
from leadline.model.task import Step
from leadline.ports.installation import OpenStore
from leadline.settings.top.general import Settings

_PATIENCE = timedelta(minutes=2)
_MOST_WAITING = 500


@app.command("reconcile")
def reconcile_(
    context: typer.Context,
    source: Annotated[str, typer.Option(help="The source whose CRM is searched.")],
    since: Annotated[
        str, typer.Option(help="Created at or after this time, such as 2026-03-02, 2h or 2d.")
    ] = "2h",
    known: Annotated[
        bool,
        typer.Option(
            "--known", help="Take them in as known people: compared with new leads, never alerted."
        ),
    ] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Find leads in the CRM whose webhooks never arrived, and capture them.

    You can run it as often as you like: known leads are skipped. Exit 1 if the CRM
    did not list all records.

    Example: leadline reconcile --source hubspot --since 2d --dry-run
    """
    options: Options = context.obj
    settings = options.installation.loaded().settings
    start = point_in_time(since)
    if source not in settings.crm or start is None:
        raise ConfigurationError(no_crm(source, settings))
    store = options.installation.store()
    try:
        result = _look_through(settings, store, source, start, dry_run=dry_run, known=known)
    finally:
        store.close()
    if json:
        as_json(result)
    else:
        _print_found(result, dry_run=dry_run)
    if result.trouble:
        raise typer.Exit(1)


def _look_through(
    settings: Settings,
    store: OpenStore,
    source: str,
    since: datetime,
    *,
    dry_run: bool,
    known: bool,
) -> Reconciled:
    """Search all pages; waits for pauses that the CRM asks for, unless they are long. Known people
    are taken in as fast as they are refined, so that no lead waits behind them."""
    front, crm = wiring.capture_kit(settings), wiring.crms(settings)[source].crm
    seen, found, after = 0, list[FoundLead](), ""
    while True:
        now = datetime.now(UTC)
        result = reconcile(
            front, crm, store, source, since, now,
            after=after, dry_run=dry_run, known=known,
            is_time=(lambda: _is_quiet(store)) if known else lambda: True,
        )  # fmt: skip
        seen, found = seen + result.seen, [*found, *result.found]
        if not result.pause or result.pause > _PATIENCE:
            return msgspec.structs.replace(result, seen=seen, found=tuple(found))
        say(result.trouble)
        time.sleep(result.pause.total_seconds())
        after = result.after


def _is_quiet(store: OpenStore) -> bool:
    """Wait until few leads wait for their refinement; always true."""
    told = False
    while store.count_due(Step.REFINE) > _MOST_WAITING:
        if not told:
            say("waiting for the server to refine those that are taken in; Ctrl-C ends the search, "
                "and it can be run again")  # fmt: skip
            told = True
        time.sleep(1)
    return True


def _print_found(result: Reconciled, *, dry_run: bool) -> None:
    table(
        ("record", "created", "lead"),
        [(one.record, when(one.created_at), one.lead_id) for one in result.found],
        empty="" if result.trouble else "every lead is known",
    )
    done = "would be captured" if dry_run else "captured"
    say(f"{result.seen} records seen, {len(result.found)} {done}")
    if result.trouble:
        before = "; run the command again for the remaining records" if result.seen else ""
        say(f"{result.trouble}{before}")
