"""The checks of `doctor` for settings that are written correctly and can never work."""

from datetime import UTC, datetime

from leadline.entrypoints.cli.look._state import Check
from leadline.model.errors import ConfigurationError
from leadline.model.lead import Delivery
from leadline.operations.rules.rule_checks import Severity, check_routing
from leadline.settings.checks.doubtful import doubt_of, secrets_in
from leadline.settings.top.general import Settings
from leadline.team.matching.unreachable import unreachable_rules
from leadline.vendors.registry import find


def check_form_of_secrets(settings: Settings) -> list[Check]:
    """Each secret that cannot be the one that was meant, or that its source could never use."""
    doubts = {
        f"{name}: {words}": None for name, one in secrets_in(settings) if (words := doubt_of(one))
    }
    for source, config in settings.sources.items():
        for secret in config.secret:
            if not doubt_of(secret) and (words := _form_fault(source, secret)):
                doubts[f"sources.{source}.secret: {words}"] = None
    return [("WRONG", "form of secrets", words) for words in doubts]


def _form_fault(source: str, secret: str) -> str:
    """Why no delivery of this source can ever be signed with the secret; "" if one can."""
    url = f"https://leads.example.com/webhook/{source}"
    delivery = Delivery(source, b"{}", datetime.now(UTC), {}, "POST", url)
    try:
        find(source)().sign(delivery, secret)
    except ConfigurationError as error:
        return error.detail + _hint(secret)
    except ValueError:
        return f"no signature of {source} can be made with it" + _hint(secret)
    return ""


def _hint(secret: str) -> str:
    if secret.startswith("whsec_") and set("-_") & set(secret.removeprefix("whsec_")):
        return "; the letters - and _ are those of URL-safe base64, in which it is not given"
    return ""


def check_teams(settings: Settings) -> list[Check]:
    """Each team without a `fallback`, or that no rule uses, and people of teams whom nobody can
    tell of a lead."""
    if not settings.teams:
        return []
    found = [one for one in check_routing(settings) if one.table == "teams"]
    checks: list[Check] = [
        ("WRONG" if one.level is Severity.FAULT else "note", f"team {one.name}", one.words)
        for one in found
    ]
    for name in dict.fromkeys(n for team in settings.teams.values() for n in team.people):
        member = settings.people[name]
        if not member.slack and not member.email:
            words = "without `slack` and `email`, no message can mention them or reach them alone"
            checks.append(("note", f"person {name}", words))
    number = len(settings.teams)
    return checks or [("ok", "teams", f"{number} {'team' if number == 1 else 'teams'}")]


def check_rules(settings: Settings) -> list[Check]:
    """Each rule that can never decide anything."""
    if not settings.rules:
        return []
    silent = settings.duplicates_alert == "no"
    found = unreachable_rules(settings.rules, settings.only_sources, silent_on_duplicates=silent)
    if not found:
        number = len(settings.rules)
        return [("ok", "rules", "1 rule can match" if number == 1 else f"all {number} can match")]
    return [("note", "rules", f"{name} is never used: {why}") for name, why in found.items()]
