"""Following what happens: `tail`."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from leadline import wiring
from leadline.cloud.session import connect, readable_errors
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._options import Json, Masked
from leadline.entrypoints.cli._show import point_in_time, reader_may_leave, say
from leadline.entrypoints.cli._terminal import fitted, padded
from leadline.entrypoints.cli.look._contacts import contact_reader
from leadline.entrypoints.cli.look._lead_table import day_or_time, end_of_id
from leadline.entrypoints.cli.look._refusals import Refusals
from leadline.model.texts.harmless_texts import escaped_json, one_line
from leadline.operations.lists.listing import named
from leadline.operations.lists.masked import masked_news, masked_row
from leadline.ports.reading.ledger import LeadRow, Ledger
from leadline.ports.reading.news import News, NewsReader, Seen

_EVERY_S = 1.0
_LOOK_FOR_REFUSALS = 5
"""At every how manieth reading of the store the server is asked what it has refused."""
_MOST = 500
_SHOWN_ON_AWS = ("webhook.", "delivery.", "capture.", "notify.", "remind.", "lead.")
_TROUBLE = ("warning", "error", "critical")


@app.command()
def tail(
    context: typer.Context,
    since: Annotated[str, typer.Option(help="From this time, or this long ago.")] = "5m",
    follow: Annotated[bool, typer.Option(help="Keep printing what happens until Ctrl-C.")] = True,
    masked: Masked = None,
    json: Json = False,
) -> None:
    """Follow what comes in, whom channels tell, and what is refused.

    On this machine it reads the data folder and changes nothing, so a server may run or not; what
    is refused is told by the running server. With --aws it reads the log of the stack's functions.

    Example: leadline tail --since 1h
    """
    options: Options = context.obj
    start = point_in_time(since) or datetime.now(UTC)
    found = _on_aws if options.aws is not None else _here
    hidden = options.aws is None and options.is_masked(masked)
    with reader_may_leave(), suppress(KeyboardInterrupt):
        for line in found(options, start, follow=follow, json=json, masked=hidden):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


def _on_aws(
    options: Options, start: datetime, *, follow: bool, json: bool, masked: bool
) -> Iterator[str]:
    del masked  # logs name nobody
    cloud = connect(options.region)
    from leadline.cloud import tail as logs  # it needs boto3, an optional extra

    with readable_errors():
        groups = logs.log_groups(cloud, options.aws or "")
        for line in logs.log_lines(cloud, groups, start, follow=follow):
            event, level = (str(line.fields.get(name, "")) for name in ("event", "level"))
            if event.startswith(_SHOWN_ON_AWS) or level.lower() in _TROUBLE:
                text = next(logs.as_json_lines([line])) if json else logs.as_text(line)
                yield escaped_json(text) if json else one_line(text)


def _here(
    options: Options, start: datetime, *, follow: bool, json: bool, masked: bool
) -> Iterator[str]:
    settings = options.settings()
    with closing(wiring.ledger(settings)) as ledger:
        digits = ledger.short_length()
        refusals = Refusals(settings, say) if follow else None
        for some in _happening(ledger, ledger.seen_at(start), refusals):
            leads = _leads_of(options, ledger, some)
            if masked:
                some = [masked_news(one, leads.get(one.lead_id)) for one in some]
                leads = {lead_id: masked_row(row) for lead_id, row in leads.items()}
            yield from map(_as_json, some) if json else _as_lines(some, leads, digits)


def _happening(
    ledger: NewsReader, seen: Seen, refusals: Refusals | None
) -> Iterator[Sequence[News]]:
    """What happens; without *refusals* what has happened until now."""
    turn = 0
    while True:
        found, seen = ledger.news(seen, _MOST)
        yield found
        if found:
            continue
        if refusals is None:
            return
        if turn % _LOOK_FOR_REFUSALS == 0:
            yield refusals.look()
        turn += 1
        time.sleep(_EVERY_S)


def _as_json(one: News) -> str:
    return escaped_json(msgspec.json.encode(one).decode())


def _leads_of(options: Options, ledger: Ledger, some: Sequence[News]) -> Mapping[str, LeadRow]:
    """The leads that something happened to, by id."""
    ids = list(dict.fromkeys(one.lead_id for one in some if one.lead_id))
    rows = [lead.row for lead in named(ledger, ids, contact_reader(options))]
    return {row.lead_id: row for row in rows}


def _as_lines(some: Sequence[News], leads: Mapping[str, LeadRow], digits: int) -> Iterator[str]:
    now = datetime.now(UTC)
    for one in some:
        row = leads.get(one.lead_id)
        who = (row.name or row.email or row.phone or row.company or "") if row else ""
        cells = (
            padded(_clock(one.at, now), 10),
            padded(one.what, 14),
            padded(end_of_id(one.lead_id, digits), digits),
            padded(one.source, 12),
            " ".join(filter(None, (one_line(one.detail), fitted(who, 40)))),
        )
        yield "  ".join(cells).rstrip()


def _clock(at: datetime, now: datetime) -> str:
    """The time of today to the second, else the date."""
    here = at.astimezone()
    today = here.date() == now.astimezone().date()
    return f"{here:%H:%M:%S}" if today else day_or_time(at, now)
