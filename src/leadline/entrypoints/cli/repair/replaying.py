"""Dead letters and replay: `dead`, `replay`."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from leadline import wiring
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import (
    LEADS_HELP,
    ask_to_change,
    tell_other_settings,
    whole_id,
)
from leadline.entrypoints.cli._options import (
    DryRun,
    Json,
    SinceOption,
    SourceOption,
    StatusOption,
    Yes,
)
from leadline.entrypoints.cli._show import (
    as_json,
    console,
    point_in_time,
    print_plain,
    progress,
    say,
    table,
    when,
)
from leadline.journey.receiving.capture import read_again
from leadline.model.lead import CapturedLead, Status
from leadline.model.task import Step, Task
from leadline.operations.repair import replay as replaying
from leadline.operations.repair.replay import Start
from leadline.ports.installation import Installation, Stranded, Tidied
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.ports.store import Archived, Store


@app.command()
def dead(context: typer.Context, json: Json = False) -> None:
    """List dead letters, grouped by reason.

    On AWS, also list messages in dead-letter queues that have no dead letter, by state.

    Example: leadline dead --json
    """
    options: Options = context.obj
    ledger = options.installation.ledger()
    groups = ledger.dead()
    ledger.close()
    queues = options.installation.dead_letters()
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


Reader = Callable[[Archived], Sequence[CapturedLead]]
BodyOption = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="With --from capture and one delivery that could not be read: the file with its body, "
        "mended.",
    ),
]


@app.command()
def replay(
    context: typer.Context,
    lead: Annotated[list[str] | None, typer.Argument(help=LEADS_HELP)] = None,
    status: StatusOption = None,
    source: SourceOption = None,
    since: SinceOption = None,
    reason: Annotated[str | None, typer.Option(help="Only dead letters with this reason.")] = None,
    start: Annotated[
        Start, typer.Option("--from", help="The step to restart from.")
    ] = Start.REFINE,
    body: BodyOption = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Process leads again from capture, refinement, alert, or their dead letters.

    With --from capture, unreadable deliveries are read again. With --from dead, only
    dead letters are retried. Leads that still wait, and spam, are skipped unless you select them by
    id or --status. On AWS, messages without a dead letter are removed from the dead-letter queues.

    Example: leadline replay --status dead --since 24h --dry-run
    """
    options: Options = context.obj
    _check_choice(lead or (), start, body, status, source, since, reason)
    tell_other_settings(options)
    which = LeadFilter(
        status=status, source=source, since=point_in_time(since), reason=reason,
        events=start is Start.CAPTURE, dead=start is Start.DEAD,
    )  # fmt: skip
    ids, left, died = _found(options, lead or (), which, start)
    with closing(options.installation.store()) as store:
        todo = _planned(options.installation, store, ids, start, died)
        read = _reader(options.installation, body)
        if dry_run:
            todo = _readable(todo, store, read)
        count = todo.leads if dry_run else _carry_out(options, store, todo, start, read, yes=yes)
    tidied = _tidy(options.installation, todo, dry_run=dry_run)
    _report(todo, count, left, start, tidied, dry_run=dry_run, json=json)


def _carry_out(
    options: Options, store: Store, todo: replaying.Plan, start: Start, read: Reader, *, yes: bool
) -> int:
    """Ask, and carry the plan out; returns the number of leads that are done again."""
    _confirm(options, sorted(todo.lead_ids), start, yes=yes)
    return replaying.carry_out(store, todo, datetime.now(UTC), _watch, read)


def _readable(todo: replaying.Plan, store: Store, read: Reader) -> replaying.Plan:
    """The plan without deliveries that still can't be read, which it then skips."""
    unreadable = replaying.still_unreadable(store, todo, read)
    kept = tuple(one for one in todo.unreadable if one not in unreadable)
    skipped = {**todo.skipped, **dict.fromkeys(sorted(unreadable), _STILL_UNREAD)}
    return msgspec.structs.replace(todo, unreadable=kept, skipped=skipped)


def _confirm(options: Options, lead_ids: Sequence[str], start: Start, *, yes: bool) -> None:
    leads = "1 lead" if len(lead_ids) == 1 else f"{len(lead_ids):,} leads"
    with closing(options.installation.ledger()) as ledger:
        ask_to_change(options, ledger, lead_ids, f"Replay {leads} from {start}?", yes=yes)


def _check_choice(leads: Sequence[str], start: Start, body: Path | None, *filters: object) -> None:
    wrong = ""
    if not leads and not any(filters):
        wrong = "select leads by id, --status, --source, --since or --reason"
    elif body is not None and (start is not Start.CAPTURE or len(leads) != 1):
        wrong = "--body needs --from capture and the id of one lead"
    if wrong:
        say(wrong)
        raise typer.Exit(2)


def _reader(installation: Installation, body: Path | None) -> Reader:
    """The function that reads an unreadable delivery again, or a corrected *body* in its place."""
    mended = None if body is None else body.read_bytes()
    kit = wiring.capture_kit(installation.loaded().settings)
    return lambda kept: read_again(kept, kit, datetime.now(UTC), mended)


def _found(
    options: Options, parts: Sequence[str], which: LeadFilter, start: Start
) -> tuple[Sequence[str], int, Mapping[str, Sequence[Task]]]:
    """The ids of the selected leads, how many leads of the filter are skipped, and the dead tasks
    of the selected leads."""
    with closing(options.installation.ledger()) as ledger:
        if parts:
            ids, left = [whole_id(options, ledger, one) for one in parts], 0
        else:
            ids, left = _chosen(ledger, which, start)
        return ids, left, ledger.dead_tasks(ids, which.reason) if which.dead else {}


def _planned(
    installation: Installation,
    store: Store,
    ids: Sequence[str],
    start: Start,
    died: Mapping[str, Sequence[Task]],
) -> replaying.Plan:
    settings = installation.loaded().settings
    kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
    return replaying.plan(store, kit.sources, replaying.routed(kit), ids, start, died)


# The status of leads that a filter skips unless it names that status.
_LEFT = {
    Start.CAPTURE: Status.WAITING,
    Start.REFINE: Status.WAITING,
    Start.NOTIFY: Status.QUARANTINED,
}


def _chosen(ledger: Ledger, which: LeadFilter, start: Start) -> tuple[list[str], int]:
    """The ids that a filter selects, and how many leads it skips."""
    ids = ledger.ids(which)
    if which.status is not None:
        return list(ids), 0
    if start not in _LEFT:
        return list(ids), 0
    left = set(ledger.ids(msgspec.structs.replace(which, status=_LEFT[start])))
    chosen = [i for i in ids if i not in left]
    return chosen, len(ids) - len(chosen)


def _watch(slices: Sequence[Sequence[str]]) -> Iterable[Sequence[str]]:
    return progress(slices, "replaying")


def _tidy(installation: Installation, todo: replaying.Plan, *, dry_run: bool) -> Tidied | None:
    """Remove messages of replayed tasks from the dead-letter queues; None if there are none."""
    queues = installation.dead_letters()
    if queues is None:
        return None
    tasks = [*todo.tasks, *(Task(Step.REFINE, lead_id) for lead_id in todo.readmit)]
    return queues.tidy(tasks, datetime.now(UTC), dry_run=dry_run)


_STILL_UNREAD = "it still can't be read"
_INSTEAD = {
    _STILL_UNREAD: "; correct it with --body FILE",
    replaying.UNREAD: "; --from capture reads it again, with --body FILE what you have corrected",
}


def _report(
    todo: replaying.Plan, count: int, left: int, start: Start, tidied: Tidied | None, *,
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
        say(f"{number} skipped: {why}{_INSTEAD.get(why, '')}")
    if left:
        say(f"{left} skipped: {_LEFT[start]}; use --status {_LEFT[start]} to include them")
    if todo.unreadable and count < todo.leads and not dry_run:
        say("deliveries that still can't be read are unchanged; correct one with --body FILE")
    leads = "1 lead" if count == 1 else f"{count} leads"
    be = "would be" if dry_run else "is" if count == 1 else "are"
    print_plain(f"{leads} {be} replayed from {start}")
    if tidied is not None:
        _print_tidied(tidied, dry_run=dry_run)


def _print_tidied(tidied: Tidied, *, dry_run: bool) -> None:
    be = "would be" if dry_run else "were"
    if tidied.taken_off:
        say(
            f"dead-letter queues: {tidied.taken_off} messages {be} removed, {tidied.woken} of "
            "them sent again because their task still waits"
        )
    if tidied.left:
        say(
            f"dead-letter queues: {tidied.left} messages of dead letters and unknown leads stay, "
            f"{tidied.unreadable} of them unreadable; `leadline dead` lists them"
        )


_STATES = {
    "alive": "the task still waits; `replay` sends the message again",
    "done": "the task is done; `replay` removes the message",
    "unknown": "no lead has this id; purge the queue once you know why",
    "unreadable": "not a message of Leadline; purge the queue once you know why",
}


def _print_stranded(stranded: Sequence[Stranded]) -> None:
    out = console()
    out.print("\nmessages in dead-letter queues without a dead letter:")
    rows = [(s.count, s.step, s.state, ", ".join(s.examples), _STATES[s.state]) for s in stranded]
    table(("count", "queue", "state", "leads", ""), rows, empty="")
