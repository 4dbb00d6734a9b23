"""Correcting the fields of a lead: `correct`."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._audited import user_name
from leadline.entrypoints.cli._choosing import (
    LEAD_HELP,
    ask_to_change,
    tell_other_settings,
    whole_id,
)
from leadline.entrypoints.cli._options import Json, Yes
from leadline.entrypoints.cli._show import as_json, print_plain, table
from leadline.installations.erased import previewing_kit
from leadline.journey.corrections.proposing import (
    CorrectionProposal,
    FieldDifference,
    correct,
    propose_correction,
)
from leadline.model.facts.correcting import CUSTOM
from leadline.model.task import Step, Task
from leadline.operations.repair.waits import wait_of
from leadline.ports.clock import wall_clock
from leadline.ports.reading.ledger import Ledger
from leadline.privacy.masking import masked_field

_NOBODYS = ("status", "problems", "duplicate_of", "email_kind")
"""The fields that say nothing of the person."""
Value = Annotated[str | None, typer.Option(help='The right value; "" clears the field.')]
Further = Annotated[
    list[str] | None,
    typer.Option(
        help="A field of the sender's own, as NAME=VALUE with its name for it; may be repeated."
    ),
]


@app.command("correct")
def correct_(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(help=LEAD_HELP)],
    name: Value = None,
    email: Value = None,
    phone: Value = None,
    company: Value = None,
    title: Value = None,
    country: Value = None,
    website: Value = None,
    message: Value = None,
    field: Further = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would become of it, and do nothing.")
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Correct fields of one lead, and refine it again.

    What the sender sent stays as it is. The correction counts more than the sender and the CRM,
    in every later replay, too. The body of a delivery that could not be read is corrected by
    `replay --from capture --body FILE`.

    Example: leadline correct 5f1c09ab --email ada@example.com --dry-run
    """
    options: Options = context.obj
    given = {
        "name": name, "email": email, "phone": phone, "company": company, "title": title,
        "country": country, "website": website, "message": message,
    }  # fmt: skip
    values = {key: value for key, value in given.items() if value is not None}
    values |= _further(field or ())
    if not values:
        raise typer.BadParameter("say what to correct, such as --email ada@example.com")
    _correct(options, lead, values, HowToCorrect(dry_run, yes, json))


class HowToCorrect(NamedTuple):
    """How a command is to be done: only shown, without a question, with JSON."""

    dry_run: bool
    yes: bool
    json: bool


def _correct(options: Options, lead: str, values: Mapping[str, str], how: HowToCorrect) -> None:
    """Show what would become of a lead, and, unless it is a dry run, ask and correct it."""
    tell_other_settings(options)
    now = datetime.now(UTC)
    with (
        closing(options.installation.ledger()) as ledger,
        closing(options.installation.store()) as store,
    ):
        lead_id = whole_id(options, ledger, lead)
        kit = previewing_kit(options.installation, store, wall_clock)
        proposal = propose_correction(kit, lead_id, values, user_name(), now)
        _print(options, proposal, dry_run=how.dry_run, json=how.json)
        if how.dry_run:
            return
        ask_to_change(options, ledger, [lead_id], "Correct it?", yes=how.yes)
        correct(kit, proposal, now, _waits_until(ledger, lead_id))
    if (queues := options.installation.dead_letters()) is not None:
        queues.tidy([Task(Step.REFINE, lead_id)], now)
    if not how.json:
        print_plain(f"lead {lead_id} is corrected")


def _further(fields: Sequence[str]) -> Mapping[str, str]:
    values = {}
    for one in fields:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"{one!r} is not NAME=VALUE")
        values[f"{CUSTOM}{name.strip()}"] = value
    return values


def _waits_until(ledger: Ledger, lead_id: str) -> datetime | None:
    """When the wait of a lead ends; None if it does not wait."""
    story = ledger.story(lead_id)
    waits = wait_of(story) if story is not None else None
    return waits.due_at if waits is not None else None


def _print(options: Options, found: CorrectionProposal, *, dry_run: bool, json: bool) -> None:
    hidden = options.is_masked(None)
    said, refined = _shown(found.said, hidden=hidden), _shown(found.refined, hidden=hidden)
    if json:
        as_json({
            "lead_id": found.lead_id,
            "corrected": not dry_run,
            "said": said,
            "refined": refined,
            "status": found.lead.status,
            "channels": found.channels,
        })  # fmt: skip
        return
    columns = ("field", "before", "after")
    table(columns, [_row(one) for one in said], empty="")
    print_plain("\nafter refinement:")
    table(columns, [_row(one) for one in refined], empty="nothing would change")
    if found.channels:
        print_plain(f"alerted: {', '.join(found.channels)}")


def _shown(fields: Sequence[FieldDifference], *, hidden: bool) -> list[FieldDifference]:
    return [_masked(one) for one in fields] if hidden else list(fields)


def _masked(one: FieldDifference) -> FieldDifference:
    """A field, masked."""
    if one.name in _NOBODYS:
        return one
    before, after = (
        None if text is None else masked_field(one.name, text) for text in (one.before, one.after)
    )
    return FieldDifference(one.name, before, after)


def _row(one: FieldDifference) -> tuple[str, str, str]:
    return one.name, one.before or "–", one.after or "–"
