"""What became of leads, and telling ad networks: `outcomes`, `outcomes push`, `outcomes show`."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from leadline import wiring
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import LEADS_HELP, ask_to_change, whole_id
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json, Yes
from leadline.entrypoints.cli._show import as_json, point_in_time, print_plain, say, table, when
from leadline.installations import settings_check
from leadline.installations.erased import previewing_kit
from leadline.journey.pushing.counting import PushCount, counted_pushes
from leadline.journey.pushing.planning import plans
from leadline.journey.responding.follow_up import look_again
from leadline.kit import Kit
from leadline.model.batches import batched
from leadline.model.errors import ConfigurationError
from leadline.model.handling import Ending
from leadline.model.lead import Status
from leadline.model.task import Step, Task
from leadline.operations.figures.pushed import NetworkFigures, network_figures
from leadline.operations.figures.results import Endings, Results, results_of
from leadline.ports.clock import wall_clock
from leadline.ports.installation import OpenStore
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.settings.top.general import Settings
from leadline.team.people import Team

outcomes_app = typer.Typer(
    help="Show how leads ended (won, lost, disqualified), and tell ad networks.",
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(outcomes_app, name="outcomes", cls=WholeHelp)

_EVERY = 1 << 40
_TOGETHER = 500
_REFINED = (Status.REFINED, Status.ALERTED, Status.QUARANTINED, Status.DEAD)

Since = Annotated[
    str | None, typer.Option(help="Captured at or after this time, such as 2026-03-02 or 30d.")
]
Source = Annotated[str | None, typer.Option(help="Only leads of this source.")]


@outcomes_app.callback()
def outcomes(
    context: typer.Context,
    since: Since = None,
    source: Source = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="First ask the CRMs for the status of the open leads.")
    ] = False,
    json: Json = False,
) -> None:
    """Show how leads ended (won, lost, disqualified) by source, owner and score.

    Example: leadline outcomes --since 90d
    """
    if context.invoked_subcommand is not None:
        return
    options: Options = context.obj
    settings = options.installation.loaded().settings
    which = LeadFilter(source=source, since=point_in_time(since), limit=_EVERY)
    ledger = options.installation.ledger()
    if ask:
        _ask_anew(options, settings, ledger, which)
    results = results_of(ledger.followed(which), Team(settings.people))
    ledger.close()
    if json:
        as_json(results)
    else:
        _print_results(results)


@outcomes_app.command()
def push(
    context: typer.Context,
    lead: Annotated[list[str] | None, typer.Argument(help=LEADS_HELP)] = None,
    to: Annotated[str | None, typer.Option(help="Only this ad network of the settings.")] = None,
    since: Since = None,
    source: Source = None,
    send: Annotated[
        bool, typer.Option("--send/--dry-run", help="Send it; without it, only count what is due.")
    ] = False,
    test: Annotated[
        bool, typer.Option("--test", help="Let the network check what is due, without effect.")
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Tell ad networks what became of leads; without --send, only count what would be told.

    Each stage of a lead is told once, and only with a recorded consent. The server sends it.

    Example: leadline outcomes push --to meta --since 7d
    """
    options: Options = context.obj
    settings = options.installation.loaded().settings
    names = _networks(settings, to)
    ids = _chosen(options, lead or [], source, point_in_time(since))
    with closing(options.installation.store()) as store:
        kit = previewing_kit(options.installation, store, wall_clock)
        found = {name: counted_pushes(kit, name, ids) for name in names}
        as_json(found) if json else _print_counts(found)
        if test:
            _try_out(kit, found)
        elif send:
            _send(options, store, found, yes=yes)
        elif any(one.due for one in found.values()):
            say("nothing was sent; --send sends it")


@outcomes_app.command()
def show(context: typer.Context, json: Json = False) -> None:
    """Show what ad networks were told: conversions by stage, the last one, and what waits.

    Example: leadline outcomes show
    """
    options: Options = context.obj
    settings = options.installation.loaded().settings
    with closing(options.installation.ledger()) as ledger:
        backlog = ledger.backlog(datetime.now(UTC))
        leads = ledger.followed(LeadFilter(limit=_EVERY))
        found = network_figures(leads, backlog, sorted(settings.outcomes))
    as_json(found) if json else _print_figures(found)


def _networks(settings: Settings, to: str | None) -> list[str]:
    """The ad networks to look at. Raises ConfigurationError if there is none, or one lacks
    something."""
    if not settings.outcomes:
        raise ConfigurationError("no ad network is set: add a table [outcomes.NAME]")
    if to is not None and to not in settings.outcomes:
        there = ", ".join(sorted(settings.outcomes))
        raise ConfigurationError(f"there is no [outcomes.{to}] (there are: {there})")
    if faults := settings_check.ad_network_faults(settings):
        raise ConfigurationError("; ".join(faults.values()))
    return [to] if to else sorted(settings.outcomes)


def _chosen(
    options: Options, leads: Sequence[str], source: str | None, since: datetime | None
) -> list[str]:
    """The ids of the selected refined leads."""
    with closing(options.installation.ledger()) as ledger:
        ids = tuple(whole_id(options, ledger, one) for one in leads)
        which = LeadFilter(ids=ids, source=source, since=since, limit=_EVERY)
        return [row.lead_id for row in ledger.find(which) if row.status in _REFINED]


def _send(options: Options, store: OpenStore, found: Mapping[str, PushCount], *, yes: bool) -> None:
    ids = list(dict.fromkeys(i for one in found.values() for i in one.lead_ids))
    if not ids:
        return
    leads = "1 lead" if len(ids) == 1 else f"{len(ids):,} leads"
    with closing(options.installation.ledger()) as ledger:
        ask_to_change(options, ledger, ids, f"Tell {', '.join(found)} of {leads}?", yes=yes)
    for name, one in found.items():
        for some in batched(one.lead_ids, _TOGETHER):
            tasks = [Task(Step.PUSH, lead_id, name) for lead_id in some]
            store.put(tasks, datetime.now(UTC), note="push.asked")
    say(f"the server will tell {', '.join(found)} of {leads}")


def _try_out(kit: Kit, found: Mapping[str, PushCount]) -> None:
    """Let each network check the first leads of which something is due; exits with 1 if it refuses
    them."""
    refused = False
    for name, one in found.items():
        network = kit.ad_networks[name]
        if not network.can_test:
            say(f"{name}: it has no way to check a request; for Meta, set test_event_code")
            continue
        found_due = plans(kit, name, one.lead_ids[:_TOGETHER]).values()
        due = [c for plan in found_due for c in plan.due][: network.batch]
        if not due:
            continue
        answer = network.send(due, test=True)
        is_well = isinstance(answer, Sequence)
        refused = refused or not is_well
        said = "it takes them" if is_well else _in_words(answer)
        checked = "1 conversion was" if len(due) == 1 else f"{len(due)} conversions were"
        say(f"{name}: {checked} checked: {said}")
    if refused:
        raise typer.Exit(1)


def _in_words(answer: object) -> str:
    told = msgspec.to_builtins(answer)
    return " ".join(str(told[key]) for key in ("reason", "words") if told.get(key)) or "busy"


def _print_counts(found: Mapping[str, PushCount]) -> None:
    rows: list[tuple[object, ...]] = []
    for name, one in found.items():
        rows += [(name, count, f"to be sent: {stage}") for stage, count in one.due.items()]
        rows += [(name, count, f"not sent: {why}") for why, count in one.left.items()]
    table(("ad network", "number", ""), rows, "no leads")


def _print_figures(found: Sequence[NetworkFigures]) -> None:
    rows = [
        (
            one.name if one.is_set else f"{one.name} (not in the settings)",
            one.leads,
            ", ".join(f"{count} {stage}" for stage, count in one.stages.items()),
            f"{one.value:g} {one.currency}" if one.currency else "",
            when(one.last_sent) if one.last_sent else "never",
            one.waiting,
            one.dead,
        )
        for one in found
    ]
    heads = ("ad network", "leads", "told", "value", "last", "waiting", "dead")
    table(heads, rows, "no ad network is set")


def _ask_anew(options: Options, settings: Settings, ledger: Ledger, which: LeadFilter) -> None:
    """Ask the CRMs about leads that have not ended yet."""
    open_ones = [
        one.lead.lead_id
        for one in ledger.followed(which)
        if one.handling.ending is Ending.OPEN and one.lead.received_from in settings.crm
    ]
    with closing(options.installation.store()) as store:
        kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
        for some in batched(open_ones, _TOGETHER):
            look_again(kit, some)


def _print_results(results: Results) -> None:
    for what, groups in (
        ("", {"all": results.all}),
        ("source", results.by_source),
        ("owner", results.by_owner),
        ("score", results.by_score),
    ):
        if what:
            print_plain()
        table(
            (what, "leads", "open", "won", "lost", "disqualified", "junk", "won of ended"),
            [(name, *_row(of)) for name, of in groups.items()],
            empty=f"no leads by {what}",
        )


def _row(of: Endings) -> tuple[object, ...]:
    share = "" if of.won_share is None else f"{of.won_share:.0%}"
    return (of.leads, of.open, of.won, of.lost, of.disqualified, of.junk, share)
