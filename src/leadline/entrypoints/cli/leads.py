"""Seeing and repairing: `leads`, `show`, `dead`, `replay`, `verify`."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from leadline import wiring
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import no_such_lead, whole_id
from leadline.entrypoints.cli._places import Place
from leadline.entrypoints.cli._show import (
    as_json,
    console,
    point_in_time,
    progress,
    say,
    table,
    when,
)
from leadline.entrypoints.cli._story import print_story, without_keys
from leadline.model.lead import Status
from leadline.model.task import HELD, Step, Task
from leadline.operations import replay as replaying
from leadline.operations.replay import Start
from leadline.ports.ledger import Account, LeadFilter, LeadRow, Ledger

if TYPE_CHECKING:
    from leadline.stores.aws.sweep.dead_letter_queues import Stranded, Tidied

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
StatusOption = Annotated[Status | None, typer.Option(help="Only leads that stand there.")]
SourceOption = Annotated[str | None, typer.Option(help="Only leads of this source.")]
SinceOption = Annotated[
    str | None, typer.Option(help="Captured since a time, such as 2026-03-02 or 2h.")
]


@app.command()
def leads(
    context: typer.Context,
    status: StatusOption = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: Annotated[str | None, typer.Option(help="Captured before a time.")] = None,
    search: Annotated[
        str | None, typer.Option(help="Words in name, e-mail or company, or the start of an id.")
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 50,
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
    ledger = _ledger(context)
    rows = _with_held(ledger, ledger.find(which))
    ledger.close()
    if json:
        as_json(rows)
        return
    table(
        ("captured", "status", "source", "name", "email", "company", "owner", "lead"),
        [
            (
                when(r.captured_at),
                r.why if r.why == HELD else r.status,
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
    lead: Annotated[str, typer.Argument(help="The id of a lead, or its beginning.")],
    json: Json = False,
) -> None:
    """Show one lead: timeline, raw beside refined, what changed, who handles it, attempts, alerts.

    Example: leadline show 0193a5b2
    """
    ledger = _ledger(context)
    lead_id = whole_id(ledger, lead)
    story = ledger.story(lead_id)
    ledger.close()
    if story is None:
        raise no_such_lead(lead)
    if json:
        as_json(without_keys(story))
    else:
        print_story(console(), story)


@app.command()
def dead(context: typer.Context, json: Json = False) -> None:
    """List dead letters, grouped by reason.

    On AWS also the messages in dead-letter queues whose leads are none, by what became of them.

    Example: leadline dead --json
    """
    options: Options = context.obj
    ledger = options.place.ledger()
    groups = ledger.dead()
    ledger.close()
    queues = options.place.dead_letters()
    stranded = queues.stranded() if queues else []
    if json:
        as_json(groups if queues is None else {"groups": groups, "stranded": stranded})
        return
    table(
        ("count", "step", "reason", "last", "newest lead", "error"),
        [(g.count, g.step, g.reason, when(g.last_at), g.example, g.error[:90]) for g in groups],
        empty="no dead letters",
    )
    if stranded:
        _print_stranded(stranded)


@app.command()
def replay(
    context: typer.Context,
    lead: Annotated[list[str] | None, typer.Argument(help="Ids of leads.")] = None,
    status: StatusOption = None,
    source: SourceOption = None,
    since: SinceOption = None,
    reason: Annotated[str | None, typer.Option(help="Dead letters with this reason.")] = None,
    start: Annotated[Start, typer.Option("--from", help="Where to start again.")] = Start.REFINE,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be done.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    json: Json = False,
) -> None:
    """Do leads again, from their capture, their refinement, their alert or where they died.

    From `dead`, only their dead letters are tried again, of whatever step.
    Leads that wait for their time are left to it, and spam is told to nobody, unless they are
    asked for by id or --status. On AWS, messages are taken off the dead-letter queues whose leads
    are none any more.

    Example: leadline replay --status dead --since 24h --dry-run
    """
    options: Options = context.obj
    if not lead and not any((status, source, since, reason)):
        say("say which leads: ids, --status, --source, --since or --reason")
        raise typer.Exit(2)
    place = options.place
    ledger = place.ledger()
    if lead:
        ids, left = [whole_id(ledger, one) for one in lead], 0
    else:
        which = LeadFilter(
            status=status, source=source, since=point_in_time(since), reason=reason,
            events=start is Start.CAPTURE, dead=start is Start.DEAD,
        )  # fmt: skip
        ids, left = _chosen(ledger, which, start)
    died = ledger.dead_tasks(ids, reason) if start is Start.DEAD else {}
    ledger.close()
    settings = place.loaded().settings
    kept = place.store()
    try:
        kit = wiring.kit_of(settings, kept, wiring.channels_on_demand(settings))
        todo = replaying.plan(kept, kit.sources, replaying.routed(kit), ids, start, died)
        if not dry_run and todo.leads > 1 and not yes and sys.stdin.isatty():
            typer.confirm(f"do {todo.leads} leads again from {start}?", abort=True, err=True)
        done = 0
        if not dry_run:
            done = replaying.carry_out(kept, todo, datetime.now(UTC), _watch)
    finally:
        kept.close()
    tidied = _tidy(place, todo, dry_run=dry_run)
    count = todo.leads if dry_run else done
    _report(todo, count, left, start, tidied, dry_run=dry_run, json=json)


@app.command()
def verify(
    context: typer.Context,
    deep: Annotated[bool, typer.Option(help="Read every raw text, too.")] = False,
    json: Json = False,
) -> None:
    """Account for every accepted event; exit 1 when one is unaccounted for.

    Example: leadline verify --deep
    """
    ledger = _ledger(context)
    account = ledger.account(deep=deep)
    ledger.close()
    if json:
        as_json({**msgspec.structs.asdict(account), "balanced": account.balanced})
    else:
        _print_account(account)
    if not account.balanced:
        raise typer.Exit(1)


def _with_held(ledger: Ledger, rows: Sequence[LeadRow]) -> Sequence[LeadRow]:
    """The rows, with a word for those leads whose wait is held."""
    if all(row.status is not Status.WAITING for row in rows):
        return rows
    held = frozenset(ledger.held())
    return [msgspec.structs.replace(r, why=HELD) if r.lead_id in held else r for r in rows]


def _ledger(context: typer.Context) -> Ledger:
    options: Options = context.obj
    return options.place.ledger()


# What a replay of many leaves alone unless it is asked for by its status.
_LEFT = {
    Start.CAPTURE: Status.WAITING,
    Start.REFINE: Status.WAITING,
    Start.NOTIFY: Status.QUARANTINED,
}


def _chosen(ledger: Ledger, which: LeadFilter, start: Start) -> tuple[list[str], int]:
    """The ids that a filter means, and how many leads it leaves alone."""
    ids = ledger.ids(which)
    if which.status is not None:
        return list(ids), 0
    if start not in _LEFT:
        return list(ids), 0
    left = set(ledger.ids(msgspec.structs.replace(which, status=_LEFT[start])))
    chosen = [i for i in ids if i not in left]
    return chosen, len(ids) - len(chosen)


def _watch(slices: Sequence[Sequence[str]]) -> Iterable[Sequence[str]]:
    return progress(slices, "doing again")


def _tidy(place: Place, todo: replaying.Plan, *, dry_run: bool) -> "Tidied | None":
    """Take off the dead-letter queues, where there are any, what the replay has settled."""
    queues = place.dead_letters()
    if queues is None:
        return None
    tasks = [*todo.tasks, *(Task(Step.REFINE, lead_id) for lead_id in todo.readmit)]
    return queues.tidy(tasks, datetime.now(UTC), dry_run=dry_run)


def _report(
    todo: replaying.Plan, count: int, left: int, start: Start, tidied: "Tidied | None", *,
    dry_run: bool, json: bool,
) -> None:  # fmt: skip
    if json:
        messages = {} if tidied is None else {"messages": tidied}
        as_json(
            {
                "would_replay" if dry_run else "replayed": count,
                "lead_ids": sorted(todo.lead_ids),
                "skipped": todo.skipped,
                "left_alone": left,
                **messages,
            }
        )
        return
    for why, number in Counter(todo.skipped.values()).items():
        say(f"{number} left alone: {why}")
    if left:
        say(f"{left} left alone: {_LEFT[start]}; --status {_LEFT[start]} means them")
    leads = "1 lead" if count == 1 else f"{count} leads"
    be = "would be" if dry_run else "is" if count == 1 else "are"
    console().print(f"{leads} {be} done again from {start}")
    if tidied is not None:
        _print_tidied(tidied, dry_run=dry_run)


def _print_tidied(tidied: "Tidied", *, dry_run: bool) -> None:
    be = "would be" if dry_run else "were"
    if tidied.taken_off:
        say(
            f"dead-letter queues: {tidied.taken_off} messages {be} taken off, {tidied.rung} of them"
            " sent again because their task still waits"
        )
    if tidied.left:
        say(
            f"dead-letter queues: {tidied.left} messages stay, of dead letters and unknown leads, "
            f"and {tidied.unreadable} that nobody can read; `leadline dead` lists them"
        )


_STATES = {
    "alive": "the task still waits; `replay` sends the message again",
    "done": "nothing is left to do; `replay` takes the message off",
    "unknown": "there is no such lead; purge the queue when you know why",
    "unreadable": "the message is none of ours; purge the queue when you know why",
}


def _print_stranded(stranded: "Sequence[Stranded]") -> None:
    out = console()
    out.print("\nmessages in dead-letter queues that are of no dead letter:")
    rows = [(s.count, s.step, s.state, ", ".join(s.examples), _STATES[s.state]) for s in stranded]
    table(("count", "queue", "state", "leads", ""), rows, empty="")


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
