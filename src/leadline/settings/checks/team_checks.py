"""Checks of `[teams.NAME]`, and of the rules that give leads to teams."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from leadline.model.texts.patterns import late
from leadline.settings.files import SettingPath
from leadline.settings.tables import SLACK
from leadline.settings.top.general import Settings

if TYPE_CHECKING:
    from leadline.settings.team.teams import TeamConfig

_Problem = tuple[SettingPath, str]

_QUEUE = "queue"
_WEIGHT = late(r"(.+)=([0-9]{1,4}(?:\.[0-9]{1,3})?)")


def wrong_teams(settings: Settings) -> Iterator[_Problem]:
    """The path of each setting of teams that cannot be, with the error message."""
    for name, rule in settings.rules.items():
        if rule.before_crm and not (rule.team or rule.assign):
            yield ("rules", name, "before_crm"), "the rule gives leads to nobody: name a `team`"
        if rule.team and rule.assign:
            yield (
                ("rules", name, "team"),
                "a rule has `team` or `assign`, not both; people of a team stand in its `people`",
            )
    for name, team in settings.teams.items():
        yield from _wrong_people(name, team)
        yield from _wrong_weights(name, team)
        yield from _unused(name, team)
        yield from _wrong_fallback(name, team, settings)
    yield from _circles(settings.teams)


def _wrong_people(name: str, team: "TeamConfig") -> Iterator[_Problem]:
    if not team.people:
        yield ("teams", name, "people"), "a team needs people (names from `[people]`)"
    for person in _repeated(team.people):
        yield ("teams", name, "people"), f"{person} is named twice; `weights` give more leads"


def _wrong_weights(name: str, team: "TeamConfig") -> Iterator[_Problem]:
    path = ("teams", name, "weights")
    if team.weights and team.order != "weight":
        yield path, 'weights need `order = "weight"`'
    named: list[str] = []
    for word in team.weights:
        match = _WEIGHT.fullmatch(word)
        if match is None or float(match[2]) == 0:
            wanted = "above 0 and below 10000, with at most three decimals"
            yield path, f"write name=number such as ada=1.5 ({wanted}), not {word[:40]!r}"
            continue
        person = match[1]
        named.append(person)
        if person not in team.people:
            yield path, f"{person} is not among the people of the team ({', '.join(team.people)})"
    for person in _repeated(tuple(named)):
        yield path, f"{person} has two weights"


def _unused(name: str, team: "TeamConfig") -> Iterator[_Problem]:
    """Settings of an order that learns, of a team without it."""
    if team.kinds and team.order != "learned":
        yield ("teams", name, "kinds"), 'kinds need `order = "learned"`'


def _wrong_fallback(name: str, team: "TeamConfig", settings: Settings) -> Iterator[_Problem]:
    path, to = ("teams", name, "fallback"), team.fallback
    if to == _QUEUE and to in settings.teams:
        yield path, f"{to} is a team, and lets leads wait; give the team another name"
    if to in ("", _QUEUE):
        return
    kinds: Mapping[str, Mapping[str, object]] = {
        "a team": settings.teams,
        "a person": settings.people,
        "a channel": {**settings.channels, SLACK: None},
    }
    found = [kind for kind, names in kinds.items() if to in names]
    if not found:
        yield path, f"there is no team, person or channel {to!r}; `{_QUEUE}` lets leads wait"
    elif len(found) > 1:
        yield path, f"{to} is {' and '.join(found)}; give one of them another name"


def _circles(teams: Mapping[str, "TeamConfig"]) -> Iterator[_Problem]:
    """The teams whose fallback leads back to them."""
    for name in teams:
        way, at = [name], teams[name].fallback
        while at in teams and at not in way:
            way.append(at)
            at = teams[at].fallback
        if at == name != _QUEUE:
            yield (
                ("teams", name, "fallback"),
                f"it leads back to the same team: {', '.join([*way, name])}",
            )


def _repeated(names: tuple[str, ...]) -> list[str]:
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]
