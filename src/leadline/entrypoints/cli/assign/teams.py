"""Teams and their leads: `teams list`, `teams show`, `reassign`, `assign`."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from typing import Annotated, Any

import msgspec
import typer

from leadline.alerts.wording.decision_words import absent_words
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import LEAD_HELP, ask_to_change, whole_id
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import DryRun, Json, Yes
from leadline.entrypoints.cli._show import as_json, print_plain, say, table
from leadline.entrypoints.cli.assign import _teams
from leadline.journey.assigning.handing_on import Move, Moved, leads_held_by, move
from leadline.journey.assigning.removed_teams import removed_words
from leadline.journey.assigning.team_states import TeamState, removed_states, states_of
from leadline.journey.assigning.trial_store import pretending
from leadline.model.errors import ConfigurationError
from leadline.model.staff.assigning import Skipped
from leadline.team.giving.teams import QUEUE
from leadline.team.giving.turns import LEARNED

_LEFT = "; of somebody who has left, give the e-mail address"

teams_app = typer.Typer(
    help="Show the teams that give out leads.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(teams_app, name="teams", cls=WholeHelp)


@teams_app.callback()
def _all(context: typer.Context) -> None:
    """Show the teams that give out leads."""
    if context.invoked_subcommand is None:
        list_(context)


@teams_app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """List all teams: who is there, who is next, and how many leads wait.

    Example: leadline teams list
    """
    with _teams.opened(context) as parts:
        states = states_of(parts.kit, parts.kit.teams.names())
        removed = removed_states(parts.kit)
    if json:
        as_json([_as_data(one) for one in (*states, *removed)])
        return
    table(
        ("team", "order", "here", "next", "queue", "falls back to"),
        [
            (
                one.team,
                one.order,
                _how_many_here(one),
                one.next or "nobody",
                one.waiting,
                one.fallback or QUEUE,
            )
            for one in states
        ],
        empty="no rule gives leads to a team",
    )
    for one in removed:
        print_plain(f"team {one.team}: {removed_words(one.waiting)}")


@teams_app.command()
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name of a team.")],
    json: Json = False,
) -> None:
    """Show the people of a team: who is there, what each has got and is owed, and the queue.

    Example: leadline teams show dach
    """
    with _teams.opened(context) as parts:
        removed = [one for one in removed_states(parts.kit) if one.team == name]
        (state,) = removed or states_of(parts.kit, [_teams.checked_team(parts.kit, name)])
    if json:
        as_json(_as_data(state))
        return
    if state.removed:
        print_plain(removed_words(state.waiting))
    else:
        _print_people(state)
    for lead_id in state.queue:
        print_plain(f"  {lead_id}")


def _print_people(state: TeamState) -> None:
    table(
        ("person", "now", "owed", "open", "today", "this week"),
        [
            (p.person, _here(p.why, p.detail), f"{p.owed:+.2f}", p.open, p.today, p.this_week)
            for p in state.people
        ],
        empty="the team has no people",
    )
    which = " of those given out evenly" if state.learns else ""
    print_plain(f"next{which}: {state.next or 'nobody'}; waiting in the queue: {state.waiting}")
    if state.order == LEARNED:
        print_plain(f"`leadline teams learned {state.team}` shows what was learned")


def _here(why: str, detail: str) -> str:
    return absent_words(Skipped("", why, detail)) if why else "here"


def _how_many_here(state: TeamState) -> str:
    """How many of a team are there, and how many of them have no room: "2 of 3, 1 full"."""
    full = sum(one.why.startswith("cap_") for one in state.people)
    ready = sum(not one.why for one in state.people)
    return f"{ready + full} of {len(state.people)}" + (f", {full} full" if full else "")


def _as_data(state: TeamState) -> dict[str, Any]:
    data: dict[str, Any] = msgspec.to_builtins(state)
    return data


@app.command()
def reassign(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Option(
            "--from", help="A name in [people], or the e-mail address of somebody who has left."
        ),
    ],
    team: Annotated[
        str | None, typer.Option(help="Give them to this team; omitted: each to its own team.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Give them all to this person.")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Give all open leads of somebody to others: by turn of the team, or to one person.

    Who gets a lead pays a turn for it, and who had it gets that back. Leads for which nobody is
    there stay where they are; the exit code is 1 then.

    Example: leadline reassign --from ada --dry-run
    """
    _check(source, team, to)
    with _teams.opened(context) as parts:
        kit = parts.kit
        if to:
            _teams.checked_person(parts.settings, to)
        if team:
            _teams.checked_team(kit, team)
        ids = _held_by(parts, source)
        if dry_run:
            kit = msgspec.structs.replace(kit, store=pretending(kit.store))
        else:
            _ask(context.obj, ids, f"Give {len(ids)} leads to others?", yes=yes)
        wanted = Move(how="operator", person=to or "", team=team or "", by=_teams.user())
        moved = [move(kit, one, wanted) for one in ids]
    _tell(moved, source, json=json, dry_run=dry_run)
    raise typer.Exit(0 if all(one.after for one in moved) else 1)


def _check(source: str, team: str | None, to: str | None) -> None:
    """Raise ConfigurationError for options of `reassign` that exclude each other."""
    if team and to:
        raise ConfigurationError("give --team or --to, not both")
    if to == source:
        raise ConfigurationError(f"--from and --to are both {source}")


def _held_by(parts: _teams.Opened, source: str) -> list[str]:
    """The open leads of somebody. Raises ConfigurationError if nobody is known by that name: who
    has left is found by the e-mail address alone."""
    ids = leads_held_by(parts.kit, source)
    if not ids and "@" not in source:
        _teams.checked_person(parts.settings, source, hint=_LEFT)
    return ids


def _ask(options: Options, ids: Sequence[str], question: str, *, yes: bool) -> None:
    with closing(options.installation.ledger()) as ledger:
        ask_to_change(options, ledger, ids, question, yes=yes)


def _tell(moved: Sequence[Moved], source: str, *, json: bool, dry_run: bool) -> None:
    if json:
        as_json([msgspec.to_builtins(one) for one in moved])
        return
    if not moved:
        print_plain(f"{source} has no open leads")
        return
    table(
        ("lead", "from", "to"),
        [(one.lead_id, one.before, one.after or _stays(one)) for one in moved],
        empty="",
    )
    counts = Counter(one.after for one in moved if one.after)
    spread = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    would = "would be " if dry_run else ""
    to = f": {spread}" if spread else ""
    print_plain(f"{sum(counts.values())} of {len(moved)} leads {would}given to others{to}")


def _stays(one: Moved) -> str:
    return f"stays: {one.why_not or 'nobody else is there or has room'}"


@app.command()
def assign(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(help=LEAD_HELP)],
    person: Annotated[str, typer.Argument(help="A name in [people].")],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Give one refined lead to somebody, whether they are there or not.

    Whoever has it now loses it.

    Example: leadline assign 5f1c09ab ada
    """
    options: Options = context.obj
    with _teams.opened(context) as parts:
        _teams.checked_person(parts.settings, person)
        with closing(options.installation.ledger()) as ledger:
            lead_id = whole_id(options, ledger, lead)
            ask_to_change(options, ledger, [lead_id], f"Give it to {person}?", yes=yes)
        wanted = Move(how="operator", person=person, by=_teams.user())
        moved = move(parts.kit, lead_id, wanted)
    if not moved.after:
        say(f"lead {lead_id} was not assigned: {moved.why_not}")
        raise typer.Exit(1)
    if json:
        as_json(msgspec.to_builtins(moved))
    else:
        print_plain(f"lead {lead_id} is {person}'s now")
