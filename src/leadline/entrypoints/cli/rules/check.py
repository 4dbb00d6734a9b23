"""What is wrong in rules and teams: `rules check`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Annotated, Any

import typer

from leadline import wiring
from leadline.channels.registry import usual_channels
from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_lines, say, table
from leadline.entrypoints.cli.rules._backtesting import settings_in
from leadline.entrypoints.cli.rules.group import SettingsFile, rules_app
from leadline.installations import settings_check
from leadline.model.errors import ConfigurationError
from leadline.model.staff.people import Person
from leadline.operations.rules.rule_checks import (
    Finding,
    Severity,
    check_routing,
    check_users,
    custom_fields,
    unknown_custom_fields,
)
from leadline.ports.crm import CrmUsers, crm_in_words
from leadline.ports.reading.ledger import LeadFilter
from leadline.settings.top.general import Settings

_LEADS = 1000
"""How many of the newest leads are looked at for custom fields."""

Crm = Annotated[bool, typer.Option(help="Ask the CRMs who their active users are.")]


@rules_app.command("check")
def check(
    context: typer.Context, settings: SettingsFile = None, crm: Crm = True, json: Json = False
) -> None:
    """Find rules that never match, teams without a fallback, and people whom no CRM knows.

    Faults end the command with exit code 1; notes are what may be meant: channels and people that
    no rule uses, people without a Slack or CRM id, and custom fields that no recent lead has had.

    Example: leadline rules check --settings new.toml
    """
    options: Options = context.obj
    tried = settings_in(options, settings)
    usual = usual_channels(tried)
    users, unasked = _users(tried) if crm else ({}, dict.fromkeys(tried.crm, "--no-crm"))
    found = [*check_routing(tried, usual), *check_users(tried, users), *_fields(options, tried)]
    found.sort(key=lambda one: one.level is not Severity.FAULT)
    if json:
        as_json({"findings": found, "crms_asked": list(users), "crms_not_asked": unasked})
    else:
        _print(found, users, unasked)
    if any(one.level is Severity.FAULT for one in found):
        raise typer.Exit(1)


def _print(found: Sequence[Finding], users: Mapping[str, Any], unasked: Mapping[str, str]) -> None:
    rows = [(str(one.level), f"{one.table}.{one.name}", one.words) for one in found]
    if rows:
        table(("", "setting", ""), rows, "")
    else:
        print_lines(["nothing is wrong"])
    if users:
        say(f"asked for their users: {', '.join(users)}")
    for name, why in unasked.items():
        say(f"{name} was not asked for its users: {why}")


def _users(settings: Settings) -> tuple[dict[str, Mapping[str, Person]], dict[str, str]]:
    """The active users of each CRM, and why others were not asked."""
    found: dict[str, Mapping[str, Person]] = {}
    unasked = dict(settings_check.crm_faults(settings))
    made = wiring.crms(settings)
    for source in settings.crm:
        if source in unasked:
            continue
        crm = made[source].crm
        if not isinstance(crm, CrmUsers):
            unasked[source] = "it has no users that could be asked for"
            continue
        answer = crm.users()
        if isinstance(answer, Mapping):
            found[source] = answer
        else:
            unasked[source] = crm_in_words(answer)
    return found, unasked


def _fields(options: Options, settings: Settings) -> Iterator[Finding]:
    """Custom fields that no recent lead has had."""
    if not custom_fields(settings):
        return
    try:
        with (
            closing(options.installation.ledger()) as ledger,
            closing(options.installation.past()) as store,
        ):
            ids = [row.lead_id for row in ledger.each(LeadFilter(limit=_LEADS))]
            leads = store.refined(ids)
            yield from unknown_custom_fields(settings, leads.values())
    except ConfigurationError as error:
        say(f"custom fields are not looked for in leads: {error.detail}")
