"""What RULES shows, and the rules tried on what somebody pasted: nothing of that is kept."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from leadline import wiring
from leadline.channels.registry import usual_channels
from leadline.entrypoints.dashboard.dashboard import Dashboard
from leadline.entrypoints.rule_trials import (
    explained,
    explained_lines,
    media_type_of,
    reading_kit,
)
from leadline.journey.assigning.team_states import TeamState, states_of
from leadline.journey.receiving.capture import read
from leadline.model.batches import batched
from leadline.model.errors import ConfigurationError, LeadlineError
from leadline.model.lead import Delivery
from leadline.operations.rules.rule_checks import (
    Finding,
    Severity,
    check_routing,
    custom_fields,
    unknown_custom_fields,
)
from leadline.operations.rules.rule_effects import RuleEffect
from leadline.operations.rules.rules_lately import RulesLately, counted_lately
from leadline.ports.installation import Installation
from leadline.ports.reading.ledger import LeadFilter
from leadline.settings.conditions.attaching import with_lists
from leadline.settings.conditions.list_files import WrongList
from leadline.settings.conditions.parsing import ListFile
from leadline.settings.files import read_dotenv
from leadline.settings.layers import dotted
from leadline.settings.loading import load
from leadline.settings.top.general import Settings
from leadline.team.matching.rules import CompiledRule, compile_rule, own_team

LATELY = timedelta(days=7)
MOST_COUNTED = 1000
"""The most leads by whose decisions it is counted what rules did."""
_AT_ONCE = 200
PASTED = "what you pasted"


class RuleShown(msgspec.Struct, frozen=True):
    """A rule: its conditions, to whom it gives leads ("": it does not), which channels it chooses
    (None: it does not), and what it did of late."""

    name: str
    conditions: Sequence[str]
    gives_to: str
    channels: Sequence[str] | None
    effect: RuleEffect


class RulesShown(msgspec.Struct, frozen=True):
    """The rules in their order, the teams, what is wrong in them, and what they did of late."""

    rules: Sequence[RuleShown]
    teams: Sequence[TeamState]
    findings: Sequence[Finding]
    effects: RulesLately


def rules_shown(dashboard: Dashboard, effects: RulesLately) -> RulesShown:
    """The rules and teams as they stand, with what they did of late. Call it in a thread."""
    installation, settings = dashboard.installation, dashboard.settings
    with closing(installation.past()) as store:
        kit = wiring.kit_of(settings, store, wiring.channels_on_demand(settings), dashboard.clock)
        teams = states_of(kit, kit.teams.names())
    rules = [_shown(compile_rule(n, rule), effects) for n, rule in settings.rules.items()]
    return RulesShown(rules, teams, findings_in(installation, settings), effects)


def _shown(rule: CompiledRule, effects: RulesLately) -> RuleShown:
    conditions = [looked.failed for _, looked in rule.conditions]
    gives_to = "" if not rule.team else rule.team
    if gives_to == own_team(rule.name):
        gives_to = "its own people"
    return RuleShown(rule.name, conditions, gives_to, rule.channels, effects.of(rule.name))


def rules_lately(dashboard: Dashboard) -> RulesLately:
    """What the rules did of late. Call it in a thread."""
    installation = dashboard.installation
    which = LeadFilter(since=dashboard.clock() - LATELY, limit=MOST_COUNTED + 1)
    with closing(installation.ledger()) as ledger, closing(installation.past()) as store:
        ids = [row.lead_id for row in ledger.each(which)]
        some = (store.refined(part) for part in batched(ids[:MOST_COUNTED], _AT_ONCE))
        leads = (lead for found in some for lead in found.values())
        return counted_lately(leads, is_cut=len(ids) > MOST_COUNTED)


def findings_in(installation: Installation, settings: Settings) -> list[Finding]:
    """What is wrong in these settings, faults first, as `leadline rules check --no-crm` says it."""
    found = [*check_routing(settings, usual_channels(settings))]
    if custom_fields(settings):
        with closing(installation.ledger()) as ledger, closing(installation.past()) as store:
            ids = [row.lead_id for row in ledger.each(LeadFilter(limit=MOST_COUNTED))]
            found += unknown_custom_fields(settings, store.refined(ids).values())
    return sorted(found, key=lambda one: one.level is not Severity.FAULT)


def pasted_settings(installation: Installation, text: str) -> Settings:
    """The settings in a text, in place of those of the installation; without a text its own. No
        file but `.env` is read, as if the text were `leadline.toml`; lists that conditions name are
    those of the present ones. Raises ConfigurationError."""
    present = installation.loaded().settings
    if not text.strip():
        return present
    lists: dict[str, frozenset[str]] = {}
    for rule in present.rules.values():
        lists |= rule.lists
    for points in present.score_points.values():
        lists |= points.lists

    def known_list(file: ListFile) -> frozenset[str]:
        if file.name not in lists:
            raise WrongList(f"{file.name} is no list that the present settings name")
        return lists[file.name]

    found = load(document=(text, PASTED), environ=_variables(), lists=lambda name: lists[name])
    rules, wrong = with_lists(found.settings.rules, known_list)
    scored, more = with_lists(found.settings.score_points, known_list, table="score_points")
    if wrong := [*wrong, *more]:
        raise ConfigurationError("\n".join(f"{dotted(path)}: {words}" for path, words in wrong))
    return msgspec.structs.replace(found.settings, rules=rules, score_points=scored)


def _variables() -> Mapping[str, str]:
    """The variables that settings come from beside the file, without those that name files."""
    written = read_dotenv(Path(".env"), [])
    known = {name: value for name, (value, _) in written.items() if value is not None}
    return {**known, **os.environ}


class Payload(msgspec.Struct, frozen=True):
    """A payload to try: its source, its body, when it would be refined, and whether as if no lead
    had come before."""

    source: str
    body: str
    at: datetime
    fresh: bool = False


def explain_payload(dashboard: Dashboard, settings: Settings, tried: Payload) -> list[list[str]]:
    """What the rules would do with each event of a payload, in lines. Raises LeadlineError if it
    can't be read. Call it in a thread."""
    body = tried.body.encode()
    headers = {"content-type": media_type_of(tried.source, body)}
    path = f"/webhook/{tried.source}"
    delivery = Delivery(tried.source, body, tried.at, headers, "POST", path)
    leads = read(delivery, wiring.capture_kit(settings, believe_all=True))
    kit = reading_kit(settings, lambda: tried.at)
    if tried.fresh:
        return [list(explained_lines(settings, explained(kit, settings, one))) for one in leads]
    with closing(dashboard.installation.past()) as store:
        kit = msgspec.structs.replace(kit, store=store)
        return [list(explained_lines(settings, explained(kit, settings, one))) for one in leads]


def why_wrong(error: LeadlineError) -> Iterator[str]:
    """The lines of what is wrong in what was pasted."""
    yield from (error.detail or error.title).splitlines()
