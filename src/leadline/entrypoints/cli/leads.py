"""Listing and showing leads: `leads`, `show`."""

import sys
from collections.abc import Sequence
from contextlib import closing
from typing import Annotated

import msgspec
import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import ledger_of, no_such_lead, whole_id
from leadline.entrypoints.cli._options import Json, SinceOption, SourceOption, StatusOption
from leadline.entrypoints.cli._show import (
    as_json,
    console,
    point_in_time,
    say,
    table,
    when,
)
from leadline.entrypoints.cli._story import print_story, without_keys
from leadline.model.lead import Status
from leadline.model.task import ON_HOLD
from leadline.ports.ledger import LeadFilter, LeadRow, Ledger


@app.command()
def leads(
    context: typer.Context,
    status: StatusOption = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: Annotated[str | None, typer.Option(help="Captured before this time.")] = None,
    search: Annotated[
        str | None, typer.Option(help="Text in name, e-mail or company, or the start of an id.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Maximum number of leads.", min=1)] = 50,
    json: Json = False,
) -> None:
    """List leads, newest first.

    Example: leadline leads --status dead --since 24h
    """
    which = LeadFilter(
        status=status,
        source=source,
        since=point_in_time(since),
        until=point_in_time(until),
        search=search,
        limit=limit,
    )
    ledger = ledger_of(context)
    rows = _with_on_hold(ledger, ledger.find(which))
    ledger.close()
    if json:
        as_json(rows)
        return
    _print_rows(rows)


def _print_rows(rows: Sequence[LeadRow]) -> None:
    table(
        ("captured", "status", "source", "name", "email", "company", "owner", "lead"),
        [
            (
                when(r.captured_at),
                r.why if r.why == ON_HOLD else r.status,
                r.source,
                r.name,
                r.email,
                r.company,
                r.owner,
                r.lead_id,
            )
            for r in rows
        ],
        empty="no leads",
    )


@app.command()
def show(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(help="A lead id, or the beginning of one.")],
    body: Annotated[
        bool, typer.Option("--body", help="Write the bytes that were delivered, and nothing else.")
    ] = False,
    json: Json = False,
) -> None:
    """Show one lead: timeline, raw and refined data, changes, owner, attempts and alerts.

    Example: leadline show 0193a5b2
    """
    ledger = ledger_of(context)
    lead_id = whole_id(ledger, lead)
    if body:
        ledger.close()
        _write_body(context.obj, lead_id)
        return
    story = ledger.story(lead_id)
    ledger.close()
    if story is None:
        raise no_such_lead(lead)
    if json:
        as_json(without_keys(story))
    else:
        print_story(console(), story)
    if story.damaged:
        say(f"damaged, see `leadline verify --deep`: {', '.join(story.damaged)}")
        raise typer.Exit(1)


def _write_body(options: Options, lead_id: str) -> None:
    with closing(options.installation.store()) as store:
        kept = store.archived([lead_id]).get(lead_id)
    if kept is None:
        raise no_such_lead(lead_id)
    sys.stdout.buffer.write(kept.raw if kept.body is None else kept.body)


def _with_on_hold(ledger: Ledger, rows: Sequence[LeadRow]) -> Sequence[LeadRow]:
    """The rows; `why` of leads on hold is replaced by `ON_HOLD`."""
    if all(row.status is not Status.WAITING for row in rows):
        return rows
    on_hold = frozenset(ledger.on_hold())
    return [msgspec.structs.replace(r, why=ON_HOLD) if r.lead_id in on_hold else r for r in rows]
