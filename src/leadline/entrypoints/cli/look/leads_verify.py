"""Accounting for every accepted event: `verify`."""

from contextlib import closing
from typing import Annotated, Any

import msgspec
import typer

from leadline.entrypoints.banner import NOBODY, channel_names
from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._choosing import ledger_of
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import (
    as_json,
    console,
    print_plain,
    progress_of_parts,
    table,
)
from leadline.ports.reading.ledger import Account


@app.command()
def verify(
    context: typer.Context,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also check the whole file, and every body and document.")
    ] = False,
    json: Json = False,
) -> None:
    """Account for every accepted event; exit 1 if one is unaccounted for.

    It also says if nobody is alerted, because no channel is set.

    Example: leadline verify --deep
    """
    with closing(ledger_of(context)) as ledger, progress_of_parts() as progress:
        account = ledger.account(deep=deep, progress=progress)
    channels = channel_names(context.obj.settings())
    if json:
        told = {"balanced": account.balanced, "channels": channels}
        as_json({**msgspec.structs.asdict(account), **told})
    else:
        _print_account(account)
        if not channels:
            print_plain(NOBODY)
    if not account.balanced:
        raise typer.Exit(1)


_MEANINGS = {
    "alerted": "refined and alerted",
    "alerting": "refined, alert pending",
    "alert_dead": "refined, alert is a dead letter",
    "untold": "refined, no alert configured",
    "waiting": "waiting to be refined",
    "quarantined": "spam or test, not alerted",
    "dead": "refinement is a dead letter",
    "filtered": "events that are not new leads",
    "folded": "updates folded into a waiting lead",
    "retired": "dead letters that retention deleted",
}


def _print_account(account: Account) -> None:
    counts: dict[str, Any] = msgspec.structs.asdict(account)
    table(
        ("events", "state"),
        [(counts[name], meaning) for name, meaning in _MEANINGS.items() if counts[name]]
        + [(account.accepted, "accepted in total")],
        empty="",
    )
    out = console()
    out.print(
        f"in addition: {account.redelivered} redeliveries, {account.duplicates} people seen before"
    )
    if account.unchecked:
        out.print(
            f"not checked: {account.unchecked} bodies and documents without a checksum, which an "
            "earlier version wrote"
        )
    for lost in account.unaccounted[:100]:
        out.print(f"UNACCOUNTED {lost.lead_id}: {lost.problem}")
    if account.balanced:
        out.print("every accepted event is accounted for")
    else:
        out.print(
            "some events are unaccounted for: see one with `leadline show ID`, process it again "
            "with `leadline replay ID`, or recover lost data with `leadline restore` (on AWS "
            "`leadline rebuild`)"
        )
