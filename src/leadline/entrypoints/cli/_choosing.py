"""Leads as users name them: by an id or the beginning of one."""

import typer

from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._show import say
from leadline.ports.ledger import Ledger


def whole_id(ledger: Ledger, prefix: str) -> str:
    """The id that begins with *prefix*; prints why and exits with 1 if none or several do."""
    found = ledger.complete(prefix)
    if len(found) > 1:
        say(f"{prefix!r} matches several leads: {', '.join(found)}")
        raise typer.Exit(1)
    if not found:
        raise no_such_lead(prefix)
    return found[0]


def no_such_lead(lead: str) -> typer.Exit:
    """Print that there is no such lead, and return the exit to raise."""
    say(f"no lead has the id {lead!r}; `leadline leads --search WORD` finds leads by name")
    return typer.Exit(1)


def ledger_of(context: typer.Context) -> Ledger:
    """The ledger of the installation that a command works on; the caller closes it."""
    options: Options = context.obj
    return options.installation.ledger()
