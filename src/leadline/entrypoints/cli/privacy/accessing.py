"""What is held about a person: `access`."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

import msgspec
import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._audited import actor
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_lines, say, when
from leadline.entrypoints.cli.privacy._sought import (
    Email,
    People,
    Phone,
    found_leads,
    people_parts,
    sought_person,
)
from leadline.entrypoints.cli.privacy._suppressed import entry_data, entry_words
from leadline.journey.personal_data.access import HeldItem, HeldLead, held_about
from leadline.journey.personal_data.erasing import note_in_audit
from leadline.model.errors import ConfigurationError
from leadline.model.personal_data.suppression import Suppressed, SuppressedBy
from leadline.operations.personal_data.suppressing import on_the_list, suppression_name


@app.command()
def access(
    context: typer.Context, email: Email = None, phone: Phone = None, json: Json = False
) -> None:
    """Show everything that is held about a person: with source, purpose and recipients.

    Also tells whether they are on the suppression list. The audit log notes that somebody asked.
    Exit 1 if nothing is held.

    Example: leadline access --email ada@example.com --json
    """
    options: Options = context.obj
    if email is None and phone is None:
        raise ConfigurationError("name the person by --email, --phone or both")
    with (
        closing(options.installation.ledger()) as ledger,
        closing(options.installation.store()) as store,
    ):
        parts = people_parts(options, ledger, store)
        found = found_leads(parts, sought_person(parts.settings, email, phone))
        held = [
            held_about(parts.kit, one, story, parts.where)
            for one in found.values()
            if (story := ledger.story(one.lead_id)) is not None
        ]
        for one in held:
            note_in_audit(parts.kit, actor(), "person.accessed", one.lead_id)
        listed = _listed(parts, email, phone)
    if json:
        leads = [msgspec.to_builtins(one) for one in held]
        as_json({"leads": leads, "suppression_list": [entry_data(one) for one in listed]})
    else:
        print_lines(_lines(held))
        print_lines(f"on the suppression list {entry_words(one)}" for one in listed)
    if not held and not listed:
        say("nothing is held about this person")
        raise typer.Exit(1)


def _listed(parts: People, email: str | None, phone: str | None) -> Sequence[Suppressed]:
    """The entries of the suppression list about the person. If its key is missing or another one,
    nobody can tell, which is said."""
    if next(iter(parts.store.suppressions()), None) is None:
        return ()
    asked = ((SuppressedBy.EMAIL, email), (SuppressedBy.PHONE, phone))
    names = [suppression_name(by, one, parts.settings.region) for by, one in asked if one]
    try:
        return on_the_list(parts.kit, names)
    except ConfigurationError as error:
        say(f"whether they are on the suppression list cannot be told: {error.detail}")
        return ()


def _lines(leads: Sequence[HeldLead]) -> Iterator[str]:
    for lead in leads:
        whose = "" if lead.is_own else " (only mentions the person)"
        at = when(lead.captured_at)
        yield f"lead {lead.lead_id} of {lead.source}, {at}: {lead.status}{whose}"
        for item in lead.items:
            yield from _item_lines(item)
        yield ""


def _item_lines(item: HeldItem) -> Iterator[str]:
    yield f"  {item.what}"
    yield f"    from: {item.source}"
    yield f"    for: {item.purpose}"
    yield f"    given to: {', '.join(item.recipients)}"
    for name, value in _flat("", msgspec.to_builtins(item.value)):
        yield f"    {name}: {value}"


def _flat(path: str, value: Any) -> Iterable[tuple[str, object]]:
    """The single values of JSON by their paths, without those that are empty."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _flat(f"{path}.{name}" if path else str(name), one)
    elif isinstance(value, (list, tuple)):  # `to_builtins` leaves tuples as they are
        for number, one in enumerate(value, 1):
            yield from _flat(f"{path}[{number}]", one)
    elif value not in (None, ""):
        yield path, value
