"""Leads as users name them, by an id or a part of one; and the question before one is changed."""

import sys
from collections.abc import Sequence

import typer

from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._audited import noted_lead
from leadline.entrypoints.cli._show import say
from leadline.entrypoints.cli.look._contacts import contact_reader
from leadline.entrypoints.cli.look._lead_table import named_in_words
from leadline.installations.serving import other_settings
from leadline.operations.lists.listing import named
from leadline.operations.lists.masked import masked_listed
from leadline.ports.reading.ledger import Ledger, id_digits
from leadline.ports.reading.listing import ENDS_ARE_FOUND_FOR, FEWEST_DIGITS

LEAD_HELP = "A lead id, or at least 8 digits of its beginning or its end."
LEADS_HELP = "Lead ids, or at least 8 digits of their beginnings or ends."
_ALL_DIGITS = 32
_MOST_NAMED = 10


def whole_id(options: Options, ledger: Ledger, part: str) -> str:
    """The id that begins or ends with *part*; prints why and exits with 1 if none or several do."""
    digits = id_digits(part)
    if digits and len(digits) < FEWEST_DIGITS:
        say(f"{part!r} is too short: write at least {FEWEST_DIGITS} digits of an id")
        raise typer.Exit(1)
    found = list(ledger.complete(part))
    if len(digits) < _ALL_DIGITS:
        found = list(dict.fromkeys([*found, *ledger.ending(part)]))
    if len(found) > 1:
        say(f"{part!r} is a part of the ids of several leads; write more digits:")
        _name(options, ledger, found)
        raise typer.Exit(1)
    if not found:
        raise no_such_lead(options, part)
    return noted_lead(options, found[0])


def no_such_lead(options: Options, lead: str) -> typer.Exit:
    """Print that there is no such lead, and return the exit to raise."""
    say(f"no lead has the id {lead!r}; `leadline leads --search WORD` finds leads by name")
    if options.aws is not None and 0 < len(id_digits(lead)) < _ALL_DIGITS:
        days = ENDS_ARE_FOUND_FOR.days
        say(
            f"on AWS, the end of an id finds only leads of the last {days} days; "
            "name an older one by its whole id"
        )
    return typer.Exit(1)


def ask_to_change(
    options: Options, ledger: Ledger, lead_ids: Sequence[str], question: str, *, yes: bool
) -> None:
    """Name the leads on standard error, and ask before they are changed; *yes* answers the
    question. Exits with 1 if the answer is no, and with 2 if there is no terminal to ask."""
    if yes or not lead_ids:
        return
    _name(options, ledger, lead_ids)
    confirm_or_stop(question)


def confirm_or_stop(question: str) -> None:
    """Ask before something is done that cannot be undone. Exits with 1 if the answer is no, and
    with 2 if there is no terminal to ask."""
    if not sys.stdin.isatty():
        say(f"{question} Nothing was done: without a terminal, confirm it with --yes")
        raise typer.Exit(2)
    typer.confirm(question, abort=True, err=True)


def tell_other_settings(options: Options) -> None:
    """Say on standard error if the running server has other settings than this command."""
    if options.aws is not None:  # a command has the stack's settings then
        return
    if names := other_settings(options.settings()):
        say(
            f"the running server has other settings: {', '.join(names)}; this command uses its own."
            " Apply changed files by SIGHUP to `leadline serve`, or give both the same options"
        )


def _name(options: Options, ledger: Ledger, lead_ids: Sequence[str]) -> None:
    hidden = options.is_masked(None)
    for one in named(ledger, lead_ids[:_MOST_NAMED], contact_reader(options)):
        say(f"  {named_in_words(masked_listed(one) if hidden else one)}")
    if len(lead_ids) > _MOST_NAMED:
        say(f"  and {len(lead_ids) - _MOST_NAMED:,} more")


def ledger_of(context: typer.Context) -> Ledger:
    """The ledger of the installation that a command works on; the caller closes it."""
    options: Options = context.obj
    return options.installation.ledger()
