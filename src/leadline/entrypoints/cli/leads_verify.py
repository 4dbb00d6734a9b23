"""The account of every accepted event: `verify`."""

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._choosing import ledger_of
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import (
    as_json,
    console,
    table,
)
from leadline.ports.ledger import Account

if TYPE_CHECKING:
    pass


@app.command()
def verify(
    context: typer.Context,
    deep: Annotated[bool, typer.Option(help="Read every raw text, too.")] = False,
    json: Json = False,
) -> None:
    """Account for every accepted event; exit 1 when one is unaccounted for.

    Example: leadline verify --deep
    """
    ledger = ledger_of(context)
    account = ledger.account(deep=deep)
    ledger.close()
    if json:
        as_json({**msgspec.structs.asdict(account), "balanced": account.balanced})
    else:
        _print_account(account)
    if not account.balanced:
        raise typer.Exit(1)


_MEANINGS = {
    "alerted": "refined and alerted",
    "alerting": "refined, the alert waits",
    "alert_dead": "refined, the alert is a dead letter",
    "untold": "refined, and no alert was asked for",
    "waiting": "waiting to be refined",
    "quarantined": "spam or test, nobody alerted",
    "dead": "dead letters of the refinement",
    "filtered": "events that are no new leads",
    "folded": "updates folded into a waiting lead",
}


def _print_account(account: Account) -> None:
    counts: dict[str, Any] = msgspec.structs.asdict(account)
    table(
        ("events", "place"),
        [(counts[name], meaning) for name, meaning in _MEANINGS.items() if counts[name]]
        + [(account.accepted, "accepted in all")],
        empty="",
    )
    out = console()
    out.print(
        f"besides: {account.redelivered} redeliveries, {account.duplicates} people seen before"
    )
    for lost in account.unaccounted[:100]:
        out.print(f"UNACCOUNTED {lost.lead_id}: {lost.problem}")
    if account.balanced:
        out.print("every accepted event is accounted for")
    else:
        out.print(
            "some events are unaccounted for: look at one with `leadline show ID`, do it again "
            "with `leadline replay ID`, or bring back what was lost: `leadline restore`, on AWS "
            "`leadline rebuild`"
        )
