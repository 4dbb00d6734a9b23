"""How long data is kept: `retention report`, `retention run`, `hold-data`, `release-data`."""

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._audited import actor
from leadline.entrypoints.cli._choosing import (
    LEAD_HELP,
    confirm_or_stop,
    ledger_of,
    no_such_lead,
    whole_id,
)
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json, Yes
from leadline.entrypoints.cli._show import as_json, print_plain, say, table, when
from leadline.entrypoints.cli.assign import _teams
from leadline.installations.erased import privacy_key_of
from leadline.model.personal_data.privacy import DataHold
from leadline.model.personal_data.retiring import DataKind
from leadline.operations.personal_data import retention
from leadline.operations.personal_data.audit_retention import cut_audit
from leadline.privacy.terms import FOREVER, Term, term_for, terms_of

retention_app = typer.Typer(
    help="Show or delete what is older than the settings allow.",
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(retention_app, name="retention", cls=WholeHelp)

Lead = Annotated[str, typer.Argument(help=LEAD_HELP)]
_NO_TERMS = "nothing is ever deleted: no setting of [retention] is set"


@retention_app.callback()
def show(context: typer.Context) -> None:
    """Show or delete what is older than the settings allow."""
    if context.invoked_subcommand is None:
        report(context)


@retention_app.command()
def report(context: typer.Context, json: Json = False) -> None:
    """Show how long what is kept, what is too old now, and what is under a legal hold.

    Example: leadline retention report
    """
    with _teams.opened(context) as parts:
        now, settings = _teams.now(), parts.settings
        found = retention.counted(retention.candidates(parts.store, terms_of(settings), now))
        oldest = retention.oldest_kept(parts.store, now)
        last, holds = retention.last_pass(parts.store), parts.store.all_held()
    rows = [
        {
            "kind": str(kind),
            "kept_for": _span(term_for(settings, kind, "")),
            "oldest": oldest.get(kind),
            "too_old": {source: n for (k, source), n in found.items() if k is kind},
        }
        for kind in DataKind
    ]
    if json:
        as_json({"kinds": rows, "last_run": last, "holds": holds})
        return
    _print_report(rows, [_own_term(term) for term in terms_of(settings) if not term.others])
    print_plain(f"last run of the server: {when(last) if last else 'none yet'}")
    for hold in holds:
        since = f"since {when(hold.since)}, by {hold.by}"
        print_plain(f"under a legal hold: lead {hold.lead_id} {since}: {hold.why}")


@retention_app.command()
def run(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show how much would be deleted.")
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Delete all that is too old now, instead of waiting for the server, which does it daily.

    Nothing is deleted of leads that wait, are at work, or are under a legal hold.

    Example: leadline retention run --dry-run
    """
    with _teams.opened(context) as parts:
        now, terms = _teams.now(), terms_of(parts.settings)
        if not terms and parts.settings.retention_audit == FOREVER:
            say(_NO_TERMS)
        found = retention.counted(retention.candidates(parts.store, terms, now))
        if not dry_run:
            if found and not yes:
                _print_counts(found.items(), "would be deleted of leads")
                confirm_or_stop("Delete it for good?")
            _cut_audit(context.obj, parts, now)
            done = retention.retain_all(parts.store, terms, now, parts.kit.audit, actor())
            found = retention.counted(done)
            for words in parts.store.overwrite_erased():
                say(f"not reached: {words}")
    if json:
        rows = [{"kind": kind, "source": s, "leads": n} for (kind, s), n in found.items()]
        as_json({"dry_run": dry_run, "deleted": rows})
    else:
        _print_counts(found.items(), "would be deleted of leads" if dry_run else "deleted of leads")


@app.command("hold-data")
def hold_data(
    context: typer.Context,
    lead: Lead,
    why: Annotated[str, typer.Option(help="Why its data must be kept, such as a file number.")],
    json: Json = False,
) -> None:
    """Put one lead under a legal hold: its data is neither erased nor deleted by retention.

    Example: leadline hold-data 5f1c09ab --why "dispute 17"
    """
    options: Options = context.obj
    lead_id = _whole(context, lead)
    hold = DataHold(lead_id, why, actor(), datetime.now(UTC))
    with _teams.opened(context) as parts:
        if not retention.hold_data(parts.store, parts.kit.audit, hold):
            raise no_such_lead(options, lead)
    if json:
        as_json(hold)
    else:
        print_plain(f"lead {lead_id} is under a legal hold")


@app.command("release-data")
def release_data(context: typer.Context, lead: Lead, json: Json = False) -> None:
    """End the legal hold on one lead; retention then deletes what is too old.

    Example: leadline release-data 5f1c09ab
    """
    lead_id = _whole(context, lead)
    with _teams.opened(context) as parts:
        audit, at = parts.kit.audit, datetime.now(UTC)
        ended = retention.release_data(parts.store, audit, lead_id, at, actor())
    if json:
        as_json({"lead_id": lead_id, "released": ended})
    else:
        rest = "is under a legal hold no more" if ended else "was not under a legal hold"
        print_plain(f"lead {lead_id} {rest}")


def _cut_audit(options: Options, parts: _teams.Opened, now: datetime) -> None:
    """Delete the entries of the audit log that are too old."""
    log, age = options.installation.audit(), parts.settings.retention_audit
    cut = cut_audit(
        log, age, now, lambda: privacy_key_of(options.installation, parts.store), actor()
    )
    if cut is not None:
        say(f"deleted the entries of the audit log up to {cut.n}")


def _whole(context: typer.Context, lead: str) -> str:
    with closing(ledger_of(context)) as ledger:
        return whole_id(context.obj, ledger, lead)


def _print_report(rows: Iterable[dict[str, Any]], own: Iterable[str]) -> None:
    table(
        ("kind", "kept for", "too old now", "oldest"),
        [
            (
                row["kind"],
                row["kept_for"],
                ", ".join(f"{n} of {source}" for source, n in row["too_old"].items()) or "none",
                when(row["oldest"]) if row["oldest"] else "",
            )
            for row in rows
        ],
        empty="",
    )
    for words in own:
        print_plain(words)


def _print_counts(found: Iterable[tuple[tuple[DataKind, str], int]], what: str) -> None:
    table(
        ("kind", "source", what),
        [(str(kind), source, number) for (kind, source), number in found],
        empty="nothing is too old",
    )


def _own_term(term: Term) -> str:
    return f"{term.kind} of {', '.join(sorted(term.sources))}: kept for {_span(term.age)}"


def _span(age: timedelta) -> str:
    return "ever" if age == FOREVER else f"{age.days}d"
