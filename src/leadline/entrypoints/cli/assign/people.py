"""People and their absences: `people list`, `people away`, `people back`."""

from typing import Annotated

import typer

from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_plain, say, table, when
from leadline.entrypoints.cli.assign import _teams
from leadline.journey.assigning.absences import come_back, go_away
from leadline.model.errors import ConfigurationError
from leadline.team.giving.absence_words import HELP, end_of_absence

people_app = typer.Typer(
    help="Show who is there, and say who is away.",
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(people_app, name="people", cls=WholeHelp)

Name = Annotated[str, typer.Argument(help="A name in [people].")]


@people_app.callback()
def _people(context: typer.Context) -> None:
    """Show who is there, and say who is away."""
    if context.invoked_subcommand is None:
        list_(context)


@people_app.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """List everybody in [people]: whether they are there, and in which teams.

    Example: leadline people list
    """
    with _teams.opened(context) as parts:
        rows = _teams.person_rows(parts, _teams.now())
    if json:
        as_json(rows)
        return
    table(
        ("person", "now", "away later", "teams"),
        [
            (
                row["person"],
                _teams.presence_words(row),
                ", ".join(row["planned"]),
                ", ".join(row["teams"]),
            )
            for row in rows
        ],
        empty="nobody is in [people]",
    )


@people_app.command()
def away(
    context: typer.Context,
    name: Name,
    until: Annotated[
        list[str] | None, typer.Argument(help=f"Until when: {HELP}; omitted: until they are back.")
    ] = None,
    json: Json = False,
) -> None:
    """Say that somebody is away from now on: no team gives them leads until they are back.

    "until Monday" ends when Monday begins, in their time zone.

    Example: leadline people away ada until Monday
    """
    now = _teams.now()
    with _teams.opened(context) as parts:
        member = parts.settings.people[_teams.checked_person(parts.settings, name)]
        try:
            end = end_of_absence(" ".join(until or []), member.zone, now)
        except ValueError as error:
            raise ConfigurationError(str(error)) from None
        go_away(parts.store, name, now, end, _teams.user())
    if json:
        as_json({"person": name, "since": now, "until": end})
    else:
        print_plain(f"{name} is away {f'until {when(end)}' if end else 'until they are back'}")


@people_app.command()
def back(context: typer.Context, name: Name, json: Json = False) -> None:
    """Say that somebody is back: their absence ends, and what waits for them is handed out.

    Example: leadline people back ada
    """
    with _teams.opened(context) as parts:
        _teams.checked_person(parts.settings, name)
        ended = come_back(parts.store, parts.kit.teams, name, _teams.now())
        row = next(r for r in _teams.person_rows(parts, _teams.now()) if r["person"] == name)
    if json:
        as_json({"person": name, "ended": ended, "there": row["there"]})
    elif not ended:
        say(f"{name} had not been said to be away; they are {_teams.presence_words(row)}")
    else:
        words = "" if row["there"] else f"; by the settings they are {_teams.presence_words(row)}"
        print_plain(f"{name} is back{words}")
