"""Erasing a person: `erase`, `erase verify`."""

import logging
import os
from collections.abc import Collection, Mapping
from contextlib import closing
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._audited import actor, begin_noting
from leadline.entrypoints.cli._choosing import confirm_or_stop, whole_id
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json, Yes
from leadline.entrypoints.cli._show import as_json, print_lines, print_plain, say, when
from leadline.entrypoints.cli.privacy._sought import (
    Email,
    People,
    Phone,
    Sought,
    found_leads,
    leads_named,
    people_parts,
    sought_person,
)
from leadline.installations.erased import privacy_key_of
from leadline.journey.personal_data.erasing_people import ErasedPeople, erase_people, refuse_held
from leadline.journey.personal_data.finding_people import LeadOfPerson
from leadline.model.errors import ConfigurationError
from leadline.model.rights import write_file
from leadline.privacy.receipts import (
    ErasedLead,
    ErasureReceipt,
    SignedReceipt,
    is_genuine,
    receipt_lines,
    with_signature,
)

erase_app = typer.Typer(
    help="Erase everything that is held about a person.",
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(erase_app, name="erase", cls=WholeHelp)

_ERASING = "leadline.journey.personal_data.erasing"
_IN_THE_RECEIPT = ("privacy.erased", "privacy.not_reached")
"""Lines of the log that say the same as the result."""

LeadOption = Annotated[str | None, typer.Option("--lead", help="A lead of the person.")]
Cluster = Annotated[
    bool, typer.Option("--cluster", help="With --lead: all leads of the same person.")
]
Spare = Annotated[list[str] | None, typer.Option(help="A lead to leave out; may be repeated.")]
ReceiptFile = Annotated[Path | None, typer.Option(help="Write the receipt to this file.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="List what would be erased, and erase nothing.")
]


@erase_app.callback()
def erase_person(
    context: typer.Context,
    email: Email = None,
    phone: Phone = None,
    lead: LeadOption = None,
    cluster: Cluster = False,
    spare: Spare = None,
    receipt: ReceiptFile = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Erase everything that is held about a person, for good.

    Finds the person in every lead, event and message, in any state. A keyed hash remains, by
    which they are erased again if they come back from a backup.

    Example: leadline erase --email ada@example.com --dry-run
    """
    if context.invoked_subcommand is not None:
        return
    begin_noting(context, "erase")
    logging.getLogger(_ERASING).addFilter(lambda line: line.msg not in _IN_THE_RECEIPT)
    options: Options = context.obj
    with (
        closing(options.installation.ledger()) as ledger,
        closing(options.installation.store()) as store,
    ):
        parts = people_parts(options, ledger, store)
        sought = _sought(parts, (email, phone, lead), cluster=cluster)
        left_out = [whole_id(options, ledger, one) for one in spare or ()]
        found = {i: one for i, one in found_leads(parts, sought).items() if i not in left_out}
        refuse_held(store, found)
        if dry_run:
            _print_found(found, json=json)
            return
        _check_writable(receipt)
        _confirm(found, yes=yes)
        done = erase_people(parts.kit, sought.names, found, spare=left_out, by=actor())
        _print_done(parts, sought, done, left_out, receipt, json=json)


@erase_app.command()
def verify(
    context: typer.Context,
    receipt: Annotated[Path, typer.Argument(help="A file written by `erase --receipt`.")],
) -> None:
    """Check that a receipt is unchanged and was signed with this installation's privacy key.

    Exit 1 if it is not. It proves who wrote the receipt, not that the data is gone.

    Example: leadline erase verify receipt.json
    """
    options: Options = context.obj
    try:
        one = msgspec.json.decode(receipt.read_bytes(), type=SignedReceipt)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{receipt} is no receipt: {error}") from None
    with closing(options.installation.store()) as store:
        genuine = is_genuine(one, privacy_key_of(options.installation, store))
    if not genuine:
        say(f"{receipt} was changed, or was signed with another key than {one.receipt.key_id}")
        raise typer.Exit(1)
    print_plain(f"genuine, signed with the privacy key {one.receipt.key_id}")
    print_lines(receipt_lines(one.receipt))


def _sought(
    parts: People, asked: tuple[str | None, str | None, str | None], *, cluster: bool
) -> Sought:
    """The person that the options name. Raises ConfigurationError if they don't fit together."""
    email, phone, lead = asked
    if (lead is None) == (email is None and phone is None):
        raise ConfigurationError("name the person by --email, --phone or both, or by --lead")
    if lead is None:
        if cluster:
            raise ConfigurationError("--cluster needs --lead")
        return sought_person(parts.settings, email, phone)
    sought, others = leads_named(parts, lead, cluster=cluster)
    if others:
        say(f"other leads of the same person: {', '.join(others)}; --cluster takes them, too")
    return sought


def _check_writable(receipt: Path | None) -> None:
    """Raises ConfigurationError if the receipt could not be written: before anything is erased."""
    if receipt is None:
        return
    if receipt.exists() or not os.access(receipt.absolute().parent, os.W_OK):
        raise ConfigurationError(f"the receipt can't be written to {receipt}, or it exists already")


def _print_found(found: Mapping[str, LeadOfPerson], *, json: bool) -> None:
    if json:
        as_json([msgspec.to_builtins(one) for one in found.values()])
        return
    print_lines(map(_in_words, found.values()))
    leads = "1 lead" if len(found) == 1 else f"{len(found):,} leads"
    say(f"dry run: {leads} would be erased; nothing was")


def _in_words(one: LeadOfPerson) -> str:
    whose = "" if one.is_own else " (only mentions the person)"
    events = f", {len(one.events)} events" if len(one.events) > 1 else ""
    places = ", ".join(one.places)
    return f"{one.lead_id} of {one.source}, {when(one.captured_at)}: {places}{events}{whose}"


def _confirm(found: Mapping[str, LeadOfPerson], *, yes: bool) -> None:
    """Name the leads, and ask before anything is erased."""
    if yes or not found:
        return
    for one in found.values():
        say(f"  {_in_words(one)}")
    confirm_or_stop(f"Erase the person from {len(found)} leads for good?")


def _print_done(
    parts: People,
    sought: Sought,
    done: ErasedPeople,
    spared: Collection[str],
    path: Path | None,
    *,
    json: bool,
) -> None:
    if done.tombstone is None:
        say("the person was erased before, and nothing came since")
        for words in done.everywhere:
            say(f"not reached: {words}")
        if json:
            as_json(None)
        return
    assert parts.kit.privacy_key is not None  # noqa: S101 - a tombstone needs one
    one = with_signature(_receipt(parts, sought, done, spared), parts.kit.privacy_key())
    if path is not None:
        write_file(path, msgspec.json.format(msgspec.json.encode(one)) + b"\n")
    if json:
        as_json(msgspec.to_builtins(one))
    else:
        print_lines(receipt_lines(one.receipt))


def _receipt(
    parts: People, sought: Sought, done: ErasedPeople, spared: Collection[str]
) -> ErasureReceipt:
    assert done.tombstone is not None  # noqa: S101 - the caller looked
    leads = tuple(
        ErasedLead(
            one.lead_id, one.source, one.captured_at, one.places, len(one.events),
            done.not_reached.get(one.lead_id, ()),
        )
        for one in done.leads
    )  # fmt: skip
    return ErasureReceipt(
        erased_at=done.tombstone.at,
        asked=sought.asked,
        where=parts.where,
        leads=leads,
        hashes=done.tombstone.hashes,
        key_id=done.tombstone.key_id,
        not_reached=done.everywhere,
        spared=tuple(spared),
    )
