"""Why a lead is whose it is: `why`."""

from collections.abc import Mapping
from contextlib import closing
from typing import Annotated

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._choosing import LEAD_HELP, ledger_of, no_such_lead, whole_id
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_lines
from leadline.entrypoints.cli.look._reasons import lines_of
from leadline.model.errors import LeadlineError
from leadline.operations.rules.reasons import kept_reasons, people_of_teams


@app.command()
def why(
    context: typer.Context,
    lead: Annotated[str, typer.Argument(help=LEAD_HELP)],
    json: Json = False,
) -> None:
    """Show why a lead is whose it is: the rules, the people, and what changed since.

    Of each rule that was looked at it says which condition the lead did not meet, and of everybody
    in the team why they were not given it. What is shown was kept when it was decided, so rules
    that have changed since make no difference.

    Example: leadline why 5f1c09ab
    """
    options: Options = context.obj
    with closing(ledger_of(context)) as ledger:
        lead_id = whole_id(options, ledger, lead)
        story = ledger.story(lead_id)
    if story is None:
        raise no_such_lead(options, lead)
    reasons = kept_reasons(story, _teams(options))
    if json:
        as_json(reasons)
    else:
        print_lines(lines_of(reasons))


def _teams(options: Options) -> Mapping[str, tuple[str, ...]]:
    """The people of each team by the present settings; none if those can't be read."""
    try:
        return people_of_teams(options.installation.loaded().settings)
    except LeadlineError:
        return {}
