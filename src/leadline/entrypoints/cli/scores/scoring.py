"""What leads are worth: the group of commands `score`."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from leadline import wiring
from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import LEAD_HELP, whole_id
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_lines, say, table
from leadline.entrypoints.cli.connect.trying import SourceName, body_of
from leadline.entrypoints.cli.rules._backtesting import settings_in
from leadline.entrypoints.cli.rules.group import SettingsFile
from leadline.entrypoints.reason_words import score_lines
from leadline.entrypoints.rule_trials import explained, media_type_of, reading_kit
from leadline.journey.receiving.capture import read
from leadline.journey.refinement.scoring import Scorer, scorer_of
from leadline.model.batches import batched
from leadline.model.errors import ConfigurationError
from leadline.model.facts.score import LeadScore
from leadline.model.facts.scored_leads import can_be_scored, was_not_scored
from leadline.model.handling import Handling
from leadline.model.lead import Delivery, RefinedLead
from leadline.operations.figures.score_trials import ScoreTrial, tried
from leadline.ports.reading.ledger import LeadFilter
from leadline.settings.top.general import Settings
from leadline.vendors.registry import find

score_app = typer.Typer(
    help="Explain scores of leads, and train and check models that give them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(score_app, name="score", cls=WholeHelp)

_AT_ONCE = 200
Number = Annotated[int, typer.Option(min=1, max=100_000, help="How many of the newest leads.")]
File = Annotated[
    str, typer.Argument(help="A file with a body, or - for standard input; none: earlier leads.")
]


@score_app.command("explain")
def explain_(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(help=LEAD_HELP)],
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Show why a lead has its score: the reasons then, and each entry of points now.

    The score is the one that was kept when the lead was refined. Beside it stands the score by the
    settings as they are now, or by those in a file; nothing is stored.

    Example: leadline score explain 5f1c09ab
    """
    options: Options = context.obj
    with closing(options.installation.ledger()) as ledger:
        lead_id = whole_id(options, ledger, lead)
    with closing(options.installation.past()) as store:
        refined = store.refined([lead_id]).get(lead_id)
    if refined is None:
        say(f"{lead_id} is not refined, so it has no score")
        raise typer.Exit(1)
    scorer = scorer_of(settings_in(options, settings))
    if json:
        as_json({"lead_id": lead_id, "score": refined.score, **_now(scorer, refined)})
    else:
        print_lines(_lines(refined, scorer))
        _print_entries(scorer, refined)


def _now(scorer: Scorer | None, lead: RefinedLead) -> dict[str, Any]:
    """The score of a lead by the present settings, and what it meets of the points."""
    if scorer is None or not can_be_scored(lead):
        return {"now": None, "points": []}
    now = None if scorer.fault() else scorer(lead)
    met = {one.name for one in scorer.met(lead)}
    points = [
        {"name": e.name, "points": e.points, "kind": e.kind, "words": e.words, "met": e.name in met}
        for e in scorer.entries
    ]
    return {"now": now, "points": points}


def _lines(lead: RefinedLead, scorer: Scorer | None) -> Iterator[str]:
    if lead.score is None:
        yield f"It has no score of ours: {_why_unscored(lead)}."
    else:
        yield from score_lines(lead.score)
    if not can_be_scored(lead):
        return
    if scorer is None:
        yield "The settings score no leads: they have neither `[score.points]` nor a `score_model`."
        return
    if fault := scorer.fault():
        yield f"By the settings as they are now it can't be scored: {fault}"
        return
    now = scorer(lead)
    if now is None:
        yield "By the settings as they are now it can't be scored: the model fails."
    elif now == lead.score:
        yield "By the settings as they are now it is the same."
    else:
        yield "By the settings as they are now:"
        yield from (f"  {line}" for line in score_lines(now))


def _why_unscored(lead: RefinedLead) -> str:
    if lead.status != "refined":
        return "it is quarantined"
    if not can_be_scored(lead):
        return "its data was deleted"
    if was_not_scored(lead):
        return "what scores leads failed when it was refined; the log says why (score.failed)"
    return "leads were not scored when it was refined"


def _print_entries(scorer: Scorer | None, lead: RefinedLead) -> None:
    found = _now(scorer, lead)["points"]
    if found:
        rows = [
            ("yes" if e["met"] else "no", f"{e['points']:+g}", e["kind"], e["name"], e["words"])
            for e in found
        ]
        table(("met", "points", "kind", "name", "reason"), rows, "")


@score_app.command("check")
def check(
    context: typer.Context,
    file: File = "",
    source: SourceName = "generic",
    number: Number = 1000,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Show what the settings would say of a payload, or of the newest leads; nothing is stored.

    Without a file it says how many of the newest leads meet each entry of points, how many are hot,
    and how many of each band were won: if a high score is worth something, more of those were.

    Example: leadline score check --settings new.toml
    """
    options: Options = context.obj
    tried_settings = settings_in(options, settings)
    scorer = scorer_of(tried_settings)
    if scorer is not None and (fault := scorer.fault()):
        raise ConfigurationError(fault)
    if scorer is None:
        raise ConfigurationError(
            "the settings score no leads; write `[score.points.NAME]`, or a `model` in `[score]`"
        )
    if file:
        _check_payload(tried_settings, file, source, json=json)
        return
    found = tried(scorer, _leads(options, number))
    if json:
        as_json(found)
    else:
        _print_trial(found)


def _leads(options: Options, number: int) -> Iterator[tuple[RefinedLead, Handling | None]]:
    """The newest leads that are refined, with how they were handled."""
    with (
        closing(options.installation.ledger()) as ledger,
        closing(options.installation.past()) as store,
    ):
        for rows in batched(ledger.each(LeadFilter(limit=number)), _AT_ONCE):
            ids = [row.lead_id for row in rows]
            refined, handled = store.refined(ids), store.handling(ids)
            yield from ((lead, handled.get(i)) for i, lead in refined.items())


def _check_payload(settings: Settings, file: str, source: str, *, json: bool) -> None:
    find(source)  # says which sources there are if there is none of this name
    now, body = datetime.now(UTC), body_of(file)
    headers = {"content-type": media_type_of(source, body)}
    delivery = Delivery(source, body, now, headers, "POST", f"/webhook/{source}")
    kit = reading_kit(settings, lambda: now)
    leads = read(delivery, wiring.capture_kit(settings, believe_all=True))
    results = [explained(kit, settings, lead) for lead in leads]
    scores = [one if isinstance(one, str) else one.lead.score for one in results]
    if json:
        as_json([{"problem": s} if isinstance(s, str) else {"score": s} for s in scores])
    else:
        print_lines(line for one in scores for line in _score_lines(one))
    if not all(isinstance(one, LeadScore) for one in scores):
        raise typer.Exit(1)


def _score_lines(score: LeadScore | str | None) -> Iterator[str]:
    if isinstance(score, LeadScore):
        yield from score_lines(score)
    else:
        yield score or "It would have no score: it is quarantined, or the model fails."


def _print_trial(found: ScoreTrial) -> None:
    failed = f"; the model failed for {found.failed}" if found.failed else ""
    print_lines([f"{found.leads} leads, of which {found.hot} are hot{failed}"])
    bands = [
        (name, one.leads, one.won, f"{one.won / one.ended:.0%} of {one.ended}" if one.ended else "")
        for name, one in found.bands.items()
    ]
    if bands:
        table(("score", "leads", "won", "won of those ended"), bands, "")
    entries = [
        (one.name, f"{one.points:+g}", one.kind, one.met, one.won, one.words)
        for one in found.entries
    ]
    if entries:
        table(("points", "", "kind", "leads", "won", "reason"), entries, "")
