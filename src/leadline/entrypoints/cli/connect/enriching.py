"""Looking up facts about leads: `enrich report`, `enrich try`."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer

from leadline.enrichment.http_service import HttpProvider, UnsafeValue
from leadline.enrichment.registry import make_providers
from leadline.entrypoints.cli._app import app
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, point_in_time, print_plain, table, when
from leadline.entrypoints.cli.assign import _teams
from leadline.installations.erased import previewing_kit
from leadline.journey.enriching.books import MICROS, add_to_day, reserve
from leadline.journey.enriching.figures import ProviderFigures, provider_figures
from leadline.journey.enriching.waterfall import day_of_answer, known_field
from leadline.kit import as_suppressed
from leadline.model.errors import ConfigurationError
from leadline.model.facts.consent import SUPPRESSED
from leadline.model.lead import LeadFields
from leadline.model.personal_data.suppression import UNREAD
from leadline.ports.clock import wall_clock
from leadline.ports.enriching import (
    QUERY_FIELDS,
    Answer,
    FactProvider,
    FactsFound,
    NothingFound,
    NotNow,
    NoUse,
)
from leadline.ports.installation import OpenStore
from leadline.ports.store import Store
from leadline.refine import About, refine
from leadline.settings.loading import MASKED
from leadline.settings.top.general import Settings

enrich_app = typer.Typer(
    help="Look up facts about leads: what providers knew and cost, and a question to one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(enrich_app, name="enrich", cls=WholeHelp)

_NONE = "nothing is looked up: no [enrich.NAME] is set"


@enrich_app.command()
def report(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Only since this day, such as 2026-03-02 or 30d.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what each provider was asked, knew and cost.

    Example: leadline enrich report --since 30d
    """
    first = point_in_time(since)
    with _teams.opened(context) as parts:
        names = list(parts.settings.enrich)
        now = datetime.now(UTC)
        found = provider_figures(parts.store, names, now, first.date() if first else None)
    if json:
        rows = [{**msgspec.structs.asdict(one), "hit_rate": one.hit_rate} for one in found]
        as_json(rows)
        return
    columns = (
        "provider", "asked", "hits", "hit rate", "cached", "cost", "today", "over budget",
        "trouble", "now",
    )  # fmt: skip
    table(columns, map(_row, found), _NONE)


def _row(one: ProviderFigures) -> tuple[object, ...]:
    rate = "–" if one.hit_rate is None else f"{one.hit_rate:.0%}"
    state = f"no answer since {when(one.failing_since)}" if one.failures else ""
    money = (f"{one.cost:.2f}", f"{one.today:.2f}")
    counts = (one.provider, one.asked, one.hits, rate, one.cached)
    return (*counts, *money, one.refused, one.trouble, state)


@enrich_app.command("try")
def try_provider(
    context: typer.Context,
    provider: Annotated[str, typer.Argument(help="A name from `[enrich]`.")],
    subject: Annotated[
        str, typer.Argument(help="An e-mail address, a domain, or a phone number with +.")
    ],
    json: Json = False,
) -> None:
    """Ask one provider, and show the request and what its mapping gives; it costs what a call does.

    Example: leadline enrich try pdl example.com
    """
    with _teams.opened(context) as parts:
        asked = _provider(parts.settings, provider)
        query = _query(context, parts.store, subject)
        if missing := sorted(asked.needs - query.keys()):
            raise ConfigurationError(
                f"enrich.{provider} asks about {missing[0]}, which {subject!r} does not say"
            )
        answer = _ask(parts.store, provider, asked, query)
    sent = _shown_request(asked, query)
    if json:
        as_json({"request": sent, "answer": _told(answer)})
        return
    for name, value in sent.items():
        print_plain(f"{name}: {value}")
    _print_answer(answer)


def _query(context: typer.Context, store: OpenStore, subject: str) -> dict[str, str]:
    """What a lead with this address or number would be asked about, as refinement reads it. Raises
    ConfigurationError for somebody about whom nobody may be asked."""
    words = subject.strip()
    if "@" not in words and not words.startswith("+"):
        return {"domain": words.lower(), "website": words.lower()}
    now = datetime.now(UTC)
    said = LeadFields(email=words) if "@" in words else LeadFields(phone=words)
    lead = refine(said, About("", now, now, "try"))
    kit = previewing_kit(context.obj.installation, store, wall_clock)
    marked = as_suppressed(kit, {"": lead})[""]
    if not {SUPPRESSED, UNREAD}.isdisjoint(marked.problems):
        raise ConfigurationError(
            "nobody is asked about people on the suppression list, or while it can't be read"
        )
    found = {field: known_field(lead, field) for field in QUERY_FIELDS}
    return {field: value for field, value in found.items() if value}


def _provider(settings: Settings, name: str) -> FactProvider:
    faults: dict[str, str] = {}
    made = make_providers(settings, faults)
    if name in faults:
        raise ConfigurationError(faults[name])
    if name not in made:
        there = f"there are: {', '.join(settings.enrich)}" if settings.enrich else "none is set"
        raise ConfigurationError(f"there is no provider {name!r} in [enrich] ({there})")
    return made[name]


def _ask(store: Store, name: str, provider: FactProvider, query: dict[str, str]) -> Answer:
    config = provider.config
    cost = round(config.cost * MICROS)
    most = None if config.per_day is None else round(config.per_day * MICROS)
    at = datetime.now(UTC)
    may = reserve(store, name, at, cost, most)
    if may is None:
        raise ConfigurationError("workers are counting calls at the same time; try again")
    if not may:
        raise ConfigurationError(f"enrich.{name}: per_day ({config.per_day or 0:g}) is spent today")
    answer = provider.ask(query, config.timeout.total_seconds())
    add_to_day(store, name, at, day_of_answer(answer, cost, config.charge))
    return answer


def _shown_request(provider: FactProvider, query: dict[str, str]) -> dict[str, Any]:
    """What was sent, with all headers of the settings masked, since a key may be written there
    itself; a provider of this machine sends nothing."""
    if not isinstance(provider, HttpProvider):
        return {"request": "none: it is answered on this machine"}
    try:
        sent = provider.request_of(query)
    except UnsafeValue:
        return {"request": "none: a value of it can't be put into a request"}
    secret = {name.lower() for name in provider.config.headers}
    headers = {n: MASKED if n in secret else value for n, value in sent.headers.items()}
    shown: dict[str, Any] = {"request": f"{sent.method} {sent.url}", **headers}
    return {**shown, "body": sent.body.decode()} if sent.body is not None else shown


def _told(answer: Answer) -> dict[str, Any]:
    match answer:
        case FactsFound(values=values, confidence=sure):
            return {"result": "found", "values": dict(values), "confidence": sure}
        case NothingFound():
            return {"result": "nothing found"}
        case NotNow(why=why, after=after):
            return {"result": "no answer now", "why": why, "again_in": after.total_seconds()}
        case NoUse(why=why):
            return {"result": "an answer of no use", "why": why}


def _print_answer(answer: Answer) -> None:
    told = _told(answer)
    why = f" ({told['why']})" if "why" in told else ""
    sure = f", {told['confidence']:.0%} sure" if told.get("confidence") is not None else ""
    print_plain(f"{told['result']}{why}{sure}")
    rows = told.get("values", {}).items()
    if rows:
        table(("field", "value"), rows, "")
