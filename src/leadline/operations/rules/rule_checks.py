"""What is wrong, or of no use, in rules, teams, people and channels."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

import msgspec

from leadline.model.lead import RefinedLead
from leadline.model.staff.people import Person
from leadline.settings.conditions.fields import CUSTOM
from leadline.settings.conditions.parsing import parse
from leadline.settings.connected.channels import SlackBotConfig, SlackWebhookConfig
from leadline.settings.tables import SLACK
from leadline.settings.team.people import MemberConfig
from leadline.settings.top.general import Settings
from leadline.team.matching.condition_values import open_is_there
from leadline.team.matching.subject import Subject
from leadline.team.matching.unreachable import unreachable_rules
from leadline.team.people import Team

_QUEUE = "queue"


class Severity(StrEnum):
    """How bad a finding is: a FAULT loses leads or gives them to nobody; a NOTE may be meant."""

    FAULT = "fault"
    NOTE = "note"


class Finding(msgspec.Struct, frozen=True):
    """Something found: in which table of the settings, of which entry, and what."""

    level: Severity
    table: str
    name: str
    words: str


def check_routing(settings: Settings, usual: Sequence[str] = ()) -> list[Finding]:
    """What the settings alone show. *usual* are the channels for leads for which no rule
    names any."""
    return [
        *_unreachable(settings),
        *_teams(settings),
        *_people(settings),
        *_unused(settings, usual),
    ]


def check_users(settings: Settings, users: Mapping[str, Mapping[str, Person]]) -> Iterator[Finding]:
    """People who are to get leads and whom no CRM knows; *users* are those of each CRM by its name
    and their id. Nothing is found if no CRM was asked."""
    if not users:
        return
    where = " or ".join(users)
    for name in _receiving(settings):
        member = settings.people.get(name)
        if member is None or any(_is_user(member, some) for some in users.values()):
            continue
        if member.crm:
            words = f"no active user of {where} has the id {' or '.join(member.crm)}"
        elif member.email:
            words = f"no active user of {where} has the address {member.email}"
        else:
            words = f"without `crm` and `email` no user of {where} can be theirs"
        yield Finding(Severity.FAULT, "people", name, words)


def _is_user(member: MemberConfig, users: Mapping[str, Person]) -> bool:
    if any(ident in users for ident in member.crm):
        return True
    email = member.email.casefold()
    return not member.crm and bool(email) and email in {u.email.casefold() for u in users.values()}


def custom_fields(settings: Settings) -> dict[str, list[tuple[str, ...]]]:
    """The custom fields that conditions of each rule ask for, as paths of names."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for name, rule in settings.rules.items():
        asked = [one.path for one in map(parse, rule.when) if one.field == CUSTOM]
        if asked:
            found[name] = list(dict.fromkeys(asked))
    return found


def unknown_custom_fields(settings: Settings, leads: Iterable[RefinedLead]) -> Iterator[Finding]:
    """Custom fields that conditions ask for and none of these *leads* has."""
    asked = custom_fields(settings)
    missing = {path: open_is_there(CUSTOM, path) for paths in asked.values() for path in paths}
    count = 0
    for lead in leads:
        count += 1
        subject = Subject(lead, lead.processed_at, hours={}, team=Team())
        missing = {path: there for path, there in missing.items() if not there(subject)}
    if not count:
        return
    for name, paths in asked.items():
        for path in (one for one in paths if one in missing):
            words = f"none of the last {count:,} leads has the field custom.{'.'.join(path)}"
            yield Finding(Severity.NOTE, "rules", name, words)


def _unreachable(settings: Settings) -> Iterator[Finding]:
    silent = settings.duplicates_alert == "no"
    found = unreachable_rules(settings.rules, settings.only_sources, silent_on_duplicates=silent)
    for name, why in found.items():
        yield Finding(Severity.FAULT, "rules", name, f"it is never used: {why}")


def _teams(settings: Settings) -> Iterator[Finding]:
    asked = {rule.team for rule in settings.rules.values() if rule.team}
    asked |= {team.fallback for team in settings.teams.values()}
    for name, team in settings.teams.items():
        if not team.fallback:
            words = (
                "it has no `fallback`: say where leads go if nobody can take them; "
                f'`fallback = "{_QUEUE}"` lets them wait'
            )
            yield Finding(Severity.FAULT, "teams", name, words)
        if name not in asked:
            yield Finding(Severity.NOTE, "teams", name, "no rule gives leads to it")
        if team.fallback in team.people and (team.cap_day or team.cap_week or team.cap_open):
            words = f"its limits do not stop {team.fallback}, who is its `fallback`"
            yield Finding(Severity.NOTE, "teams", name, words)


def _people(settings: Settings) -> Iterator[Finding]:
    """People who get leads and can't be mentioned, or can't own a record."""
    kinds = (SlackBotConfig, SlackWebhookConfig)
    by_slack = bool(settings.slack_webhook_url) or any(
        isinstance(one, kinds) for one in settings.channels.values()
    )
    for name in _receiving(settings):
        member = settings.people.get(name)
        if member is None:
            continue
        if by_slack and not member.slack:
            words = "without `slack`, their button presses and /leads are not known to be theirs"
            yield Finding(Severity.NOTE, "people", name, words)
        if settings.crm and not member.crm and not member.email:
            words = "without `crm` and `email`, no record of a CRM can be theirs"
            yield Finding(Severity.NOTE, "people", name, words)


def _receiving(settings: Settings) -> list[str]:
    """The people to whom rules and teams give leads."""
    named = [one for rule in settings.rules.values() for one in rule.assign]
    named += [one for team in settings.teams.values() for one in (*team.people, team.fallback)]
    return [one for one in dict.fromkeys(named) if one in settings.people]


def _unused(settings: Settings, usual: Sequence[str]) -> Iterator[Finding]:
    if not settings.rules:
        return
    used = {one for rule in settings.rules.values() for one in rule.channels} | {*usual, SLACK}
    used |= {settings.unassigned_channel, settings.alerts_trouble}
    used |= {one.fallback for one in settings.channels.values()}
    used |= {one for team in settings.teams.values() for one in (team.channel, team.fallback)}
    used |= {one.escalate_to for one in settings.targets.values()}
    for name in settings.channels:
        if name not in used:
            yield Finding(
                Severity.NOTE, "channels", name, "no rule alerts it, and it is no fallback"
            )
    getting = {*_receiving(settings), *(one.next for one in settings.people.values())}
    getting |= {one for rule in settings.rules.values() for one in rule.owners}
    for name, member in settings.people.items():
        if not {name, member.email, *member.crm} & getting:
            yield Finding(Severity.NOTE, "people", name, "no rule or team gives them leads")
