"""What the rules would do with a payload: `rules explain`."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer

from leadline import wiring
from leadline.alerts.decision_words import because
from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._backtesting import reading_kit, settings_in
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, point_in_time, print_lines, say
from leadline.entrypoints.cli.rules import SettingsFile, rules_app
from leadline.entrypoints.cli.trying import File, SourceName, body_of, media_type_of
from leadline.entrypoints.reason_words import people_lines, rules_lines
from leadline.journey.capture import read
from leadline.journey.explaining import Explained, explain
from leadline.kit import Kit
from leadline.model.errors import ConfigurationError, LeadlineError
from leadline.model.lead import CapturedLead, Delivery, Kind
from leadline.operations.reasons import people_asked, people_of_teams
from leadline.ports.store import Waiting
from leadline.settings.general import Settings
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
        results = [_explained(opened.kit, tried, lead) for lead in leads]
    if json:
        as_json([_as_data(tried, one) for one in results])
    else:
        print_lines(line for one in results for line in _lines(tried, one))
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


def _explained(kit: Kit, settings: Settings, lead: CapturedLead) -> Explained | str:
    """What becomes of one event, or why it makes no lead."""
    if lead.kind is Kind.IGNORED:
        return f"no new lead: {lead.why}"
    whys = (lead.why,) if lead.why else ()
    one = Waiting(lead.id, lead.source, lead.captured_at, lead.raw, lead.record, whys=whys)
    try:
        return explain(kit, one, asks_crm=lead.source in settings.crm)
    except LeadlineError as error:
        return f"would be a dead letter: {error.detail or error.title}"


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


def _lines(settings: Settings, one: Explained | str) -> Iterator[str]:
    if isinstance(one, str):
        yield one
        return
    lead, decision = one.lead, one.lead.decision
    if lead.status != "refined":
        yield f"It would be {lead.status}: {', '.join(lead.problems)}. No rule is asked."
        return
    if decision is None:
        owner = lead.lead_details.owner
        yield f"{owner} would own it, as its sender says." if owner else "Nobody would own it."
        yield "There are no rules."
    else:
        yield because(decision)
        yield from rules_lines(decision)
    yield from people_lines(people_asked(decision, people_of_teams(settings)))
    yield f"Channels: {', '.join(one.channels) or 'none'}."
    if (first := lead.duplicate_of) is not None:
        yield f"Seen before as {first.lead_id}."
    yield from one.unknown
