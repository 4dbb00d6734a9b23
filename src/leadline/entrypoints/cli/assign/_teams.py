"""What commands about people and teams have in common: an opened kit, names, and lists."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
import typer

from leadline import wiring
from leadline.alerts.wording.decision_words import absent_words
from leadline.entrypoints.cli._app import Options
from leadline.journey.assigning.people_states import PersonPresence, presences
from leadline.kit import Kit
from leadline.model.errors import ConfigurationError
from leadline.ports.installation import OpenStore
from leadline.settings.top.general import Settings


class Opened(NamedTuple):
    """The settings of an installation, a kit with its store, and the store itself."""

    settings: Settings
    kit: Kit
    store: OpenStore


@contextmanager
def opened(context: typer.Context) -> Iterator[Opened]:
    """The installation's parts for one command; the store is closed at the end."""
    options: Options = context.obj
    settings = options.installation.loaded().settings
    with closing(options.installation.store()) as store:
        kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings))
        kit = msgspec.structs.replace(kit, audit=options.installation.audit())
        yield Opened(settings, kit, store)


def checked_person(settings: Settings, name: str, hint: str = "") -> str:
    """The name, if somebody in `[people]` has it. Raises ConfigurationError otherwise, which ends
    with the *hint*."""
    if name in settings.people:
        return name
    there = f"there are: {', '.join(settings.people)}" if settings.people else "none is set"
    raise ConfigurationError(f"there is nobody {name!r} in [people] ({there}){hint}")


def checked_team(kit: Kit, name: str) -> str:
    """The name, if a team has it. Raises ConfigurationError otherwise."""
    names = kit.teams.names()
    if name in names:
        return name
    there = f"there are: {', '.join(names)}" if names else "none is set"
    raise ConfigurationError(f"there is no team {name!r} ({there})")


def user() -> str:
    """Who runs the command, for timelines."""
    try:
        return f"cli {getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"


def person_rows(opened_: Opened, now: datetime) -> list[dict[str, Any]]:
    """Who is there and who is not, as data: one row for each of `[people]`."""
    return [_person_row(one) for one in presences(opened_.store, opened_.kit.teams, now)]


def _person_row(one: PersonPresence) -> dict[str, Any]:
    return {
        "person": one.person,
        "there": one.there,
        "now": "here" if one.skipped is None else absent_words(one.skipped),
        "why": "" if one.skipped is None else one.skipped.why,
        "until": one.until,
        "planned": list(one.planned),
        "said_by": one.said_by,
        "teams": list(one.teams),
    }


def presence_words(row: Mapping[str, Any]) -> str:
    """Whether somebody is there, in words."""
    return str(row["now"])


def now() -> datetime:
    """The present time."""
    return datetime.now(UTC)
