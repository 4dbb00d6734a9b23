"""Listing and showing leads: `leads`, `show`."""

import shutil
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import LEAD_HELP, ledger_of, no_such_lead, whole_id
from leadline.entrypoints.cli._options import Json, Masked, SinceOption, SourceOption
from leadline.entrypoints.cli._show import (
    as_json,
    console,
    json_array,
    point_in_time,
    reader_may_leave,
    say,
    write_out,
)
from leadline.entrypoints.cli.look._contacts import contact_reader
from leadline.entrypoints.cli.look._lead_table import table_lines
from leadline.entrypoints.decided_stories import as_decided, without_keys
from leadline.model.errors import ConfigurationError
from leadline.model.lead import Status
from leadline.model.texts.harmless_texts import in_lines
from leadline.operations.lists import listing
from leadline.operations.lists.lead_csv import csv_lines
from leadline.operations.lists.listing import Listed
from leadline.operations.lists.masked import masked_listed, masked_row, masked_story
from leadline.ports.reading.ledger import LeadFilter, LeadStory, Ledger
from leadline.ports.reading.listing import SHORT

_COUNTED, _COUNTED_ON_AWS = 100_000, 1_000
"""Up to how many leads of a selection are counted."""
_ALL = 1 << 40


class ListedStatus(StrEnum):
    """The statuses by which leads are listed: those of `model.lead.Status`, and on hold."""

    WAITING = "waiting"
    HELD = "held"
    REFINED = "refined"
    ALERTED = "alerted"
    QUARANTINED = "quarantined"
    FILTERED = "filtered"
    FOLDED = "folded"
    DEAD = "dead"


SearchOption = Annotated[
    str | None,
    typer.Option(
        help="Words in name, e-mail, phone, company, message or custom fields, or the beginning or "
        "(from 8 digits on) end of an id."
    ),
]
ListedOption = Annotated[ListedStatus | None, typer.Option(help="Only leads with this status.")]


@app.command()
def leads(
    context: typer.Context,
    status: Annotated[
        ListedStatus | None, typer.Option(help="Only leads with this status.")
    ] = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: Annotated[str | None, typer.Option(help="Captured before this time.")] = None,
    search: SearchOption = None,
    limit: Annotated[int, typer.Option(help="Maximum number of leads.", min=1)] = 50,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV, for spreadsheets.")] = False,
    masked: Masked = None,
    json: Json = False,
) -> None:
    """List leads, newest first, in the width of the terminal.

    The column "lead" has the last digits of the id; other commands take them.

    Example: leadline leads --status dead --since 24h
    """
    if csv and json:
        raise typer.BadParameter("choose one of --csv and --json")
    held, hidden = status is ListedStatus.HELD, context.obj.is_masked(masked)
    which = LeadFilter(
        status=None if status is None or held else Status(status),
        source=source,
        since=point_in_time(since),
        until=point_in_time(until),
        search=search,
        limit=limit,
    )
    with closing(_listed_from(context.obj, which, hidden=hidden)) as ledger, reader_may_leave():
        if json:
            _write(_as_json_array(ledger, which, held=held, hidden=hidden))
            return
        find = listing.on_hold if held else listing.with_waits
        found = find(ledger, which, contact_reader(context.obj))
        found = map(masked_listed, found) if hidden else found
        _write(csv_lines(found)) if csv else _print_list(context.obj, ledger, found, which, held)


def _listed_from(options: Options, which: LeadFilter, *, hidden: bool) -> Ledger:
    """The ledger that is asked for a list; searches use the index of leads."""
    installation = options.installation
    return installation.search_ledger(masked=hidden) if which.search else installation.ledger()


def _as_json_array(ledger: Ledger, which: LeadFilter, *, held: bool, hidden: bool) -> Iterable[str]:
    """The rows as JSON, in parts."""
    select = listing.marked_on_hold if held else listing.marked
    rows = select(ledger, which)
    return json_array(map(masked_row, rows) if hidden else rows)


def _write(texts: Iterable[str]) -> None:
    for text in texts:
        sys.stdout.write(text)


def _print_list(
    options: Options, ledger: Ledger, found: Iterable[Listed], which: LeadFilter, held: bool
) -> None:
    """Print the leads as they come, and then how many there are."""
    shown = 0
    width = shutil.get_terminal_size((80, 24)).columns
    rows = table_lines(found, width, datetime.now(UTC), ledger.short_length())
    for at, line in enumerate(rows):
        shown = at  # the heading is line 0
        sys.stdout.write(f"{line}\n")
    if shown < which.limit:
        sys.stdout.write(f"{_leads(shown)}\n" if shown else "no leads\n")
        return
    sys.stdout.write(f"{_of_how_many(options, ledger, shown, which, held=held)}\n")


def _of_how_many(
    options: Options, ledger: Ledger, shown: int, which: LeadFilter, *, held: bool
) -> str:
    """ "50 of 20,001 leads"; counts no further than is quick."""
    if held:
        most, number = _ALL, listing.count_on_hold(ledger, which)
    else:
        most = _most_counted(options, ledger, which, shown)
        number = ledger.count(which, most + 1)
    if number <= shown:
        return _leads(shown)
    total = _leads(number) if number <= most else f"more than {_leads(most)}"
    return f"{shown:,} of {total}; --limit shows more"


def _most_counted(options: Options, ledger: Ledger, which: LeadFilter, shown: int) -> int:
    """How many leads of a selection are counted: texts of many leads take long to search, and on
    AWS what is read is paid for."""
    if options.aws is not None:
        return shown if which.search or which.source else max(shown, _COUNTED_ON_AWS)
    if which == LeadFilter(limit=which.limit):
        return _ALL
    is_large = ledger.short_length() != SHORT
    return shown if which.search and is_large else max(shown, _COUNTED)


def _leads(number: int) -> str:
    return "1 lead" if number == 1 else f"{number:,} leads"


Bytes = Annotated[
    bool, typer.Option("--body", help="Write the bytes that were delivered, and nothing else.")
]
WithAttempts = Annotated[
    bool,
    typer.Option(
        "--attempts",
        help="Also show what was sent to channels and the CRM, with their answers.",
    ),
]


@app.command()
def show(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(help=LEAD_HELP)],
    body: Bytes = False,
    attempts: WithAttempts = False,
    masked: Masked = None,
    json: Json = False,
) -> None:
    """Show one lead: timeline, raw and refined data, changes, owner, attempts and alerts.

    Example: leadline show 5f1c09ab --attempts
    """
    options: Options = context.obj
    hidden = options.is_masked(masked)
    if body and hidden:
        raise ConfigurationError("the bytes of a delivery can't be masked: add --unmasked")
    with closing(ledger_of(context)) as ledger:
        lead_id = whole_id(options, ledger, lead)
        story = None if body else ledger.story(lead_id)
    if body:
        _write_body(options, lead_id)
        return
    if story is None:
        raise no_such_lead(options, lead)
    story = as_decided(options.installation, story)
    story = masked_story(story) if hidden else story
    if json:
        as_json(without_keys(story))
    else:
        _print_for_people(story, attempts=attempts)
    if story.damaged:
        say(f"damaged, see `leadline verify --deep`: {', '.join(story.damaged)}")
        raise typer.Exit(1)


def _print_for_people(story: LeadStory, *, attempts: bool) -> None:
    from leadline.entrypoints.cli.look._attempts import print_attempts  # lists need no rich
    from leadline.entrypoints.cli.look._story import print_story

    print_story(console(), story)
    if attempts:
        print_attempts(console(), story)


def _write_body(options: Options, lead_id: str) -> None:
    with closing(options.installation.store()) as store:
        kept = store.archived([lead_id]).get(lead_id)
    if kept is None:
        raise no_such_lead(options, lead_id)
    delivered = kept.raw if kept.body is None else kept.body
    if sys.stdout.isatty():  # a terminal would obey what a sender wrote
        write_out(in_lines(bytes(delivered).decode(errors="replace")) + "\n")
    else:
        write_out(delivered)
