"""What the rules would do with a payload: `rules explain`."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer

from leadline import wiring
from leadline.alerts.wording.decision_words import because
from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, point_in_time, print_lines, say
from leadline.entrypoints.cli.connect.trying import File, SourceName, body_of
from leadline.entrypoints.cli.rules._backtesting import settings_in
from leadline.entrypoints.cli.rules.group import SettingsFile, rules_app
from leadline.entrypoints.rule_trials import explained, explained_lines, media_type_of, reading_kit
from leadline.journey.receiving.capture import read
from leadline.journey.refinement.explaining import Explained
from leadline.model.errors import ConfigurationError
from leadline.model.lead import Delivery
from leadline.operations.rules.reasons import people_asked, people_of_teams
from leadline.settings.top.general import Settings
from leadline.vendors.registry import find

At = Annotated[
    str | None,
    typer.Option(help="When it would be refined, such as 2026-12-24T10:00:00Z; default: now."),
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="As if no lead had come before, and nobody were owed any.")
]
MediaType = Annotated[
    str | None, typer.Option(help="The content type, if it cannot be told from the body.")
]


@rules_app.command("explain")
def explain_(
    context: typer.Context,
    file: File,
    source: SourceName = "generic",
    at: At = None,
    settings: SettingsFile = None,
    fresh: Fresh = False,
    content_type: MediaType = None,
    json: Json = False,
) -> None:
    """Show which rules a payload meets, who would get it and why; nothing is stored.

    The payload goes through capture, refinement, the search for duplicates and the rules, with the
    turns as they stand now. Nobody is alerted, no turn is taken, and no CRM is asked.

    Example: leadline rules explain lead.json --source hubspot --at 2026-12-24T10:00:00Z
    """
    options: Options = context.obj
    find(source)  # says which sources there are if there is none of this name
    tried = settings_in(options, settings)
    now = point_in_time(at) or datetime.now(UTC)
    body = body_of(file)
    headers = {"content-type": content_type or media_type_of(source, body)}
    delivery = Delivery(source, body, now, headers, "POST", f"/webhook/{source}")
    leads = read(delivery, wiring.capture_kit(tried, believe_all=True))
    with closing(_Opened(options, tried, now, fresh=fresh)) as opened:
        results = [explained(opened.kit, tried, lead) for lead in leads]
    if json:
        as_json([_as_data(tried, one) for one in results])
    else:
        print_lines(line for one in results for line in explained_lines(tried, one))
    if any(isinstance(one, str) for one in results):
        raise typer.Exit(1)


class _Opened:
    """A kit that reads the leads of the installation, where there are any."""

    def __init__(self, options: Options, settings: Settings, now: datetime, *, fresh: bool) -> None:
        self._store = None
        self.kit = reading_kit(settings, lambda: now)
        if fresh:
            return
        try:
            self._store = options.installation.past()
        except ConfigurationError as error:
            say(f"earlier leads and turns are not asked: {error.detail}")
            return
        self.kit = msgspec.structs.replace(self.kit, store=self._store)

    def close(self) -> None:
        """Close the store."""
        if self._store is not None:
            self._store.close()


def _as_data(settings: Settings, one: Explained | str) -> dict[str, Any]:
    if isinstance(one, str):
        return {"problem": one}
    decision, details = one.lead.decision, one.lead.lead_details
    return {
        "status": one.lead.status,
        "owner": details.owner,
        "decision": decision,
        "because": because(decision) if decision else None,
        "people": people_asked(decision, people_of_teams(settings)),
        "channels": one.channels,
        "duplicate_of": one.lead.duplicate_of,
        "problems": one.lead.problems,
        "unknown": one.unknown,
    }
