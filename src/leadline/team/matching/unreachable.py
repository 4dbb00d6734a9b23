"""Rules that can never decide anything: with conditions that exclude each other, or behind a rule
that matches whenever they do."""

from collections.abc import Collection, Mapping, Sequence

from leadline.model.geography.countries import COUNTRIES
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.rules import compile_rule


def unreachable_rules(
    rules: Mapping[str, RuleConfig],
    only_sources: Sequence[str] = (),
    *,
    silent_on_duplicates: bool = False,
) -> dict[str, str]:
    """Why a rule never decides, by its name; rules that may decide are left out. *only_sources* are
    the sources that are accepted (empty: all). With *silent_on_duplicates*, only rules about
    duplicates decide the channels of these."""
    found: dict[str, str] = {}
    earlier: dict[str, RuleConfig] = {}
    for name, rule in rules.items():
        why = _impossible(rule, only_sources) or _shadowed(rule, earlier, silent_on_duplicates)
        if why:
            found[name] = why
        else:
            earlier[name] = rule
    return found


def _impossible(rule: RuleConfig, only_sources: Collection[str]) -> str:
    """Why no lead can meet the conditions; "" if one can."""
    low, high = rule.min_score, rule.max_score
    unknown = [code for code in rule.countries if code.upper() not in COUNTRIES]
    if not _decides_channels(rule) and not _decides_team(rule):
        return "it sets neither channels nor assign nor team"
    if low is not None and high is not None and low >= high:
        return f"no score is at least {low:g} and below {high:g}"
    if rule.during and rule.during == rule.outside:
        return f"no time is both during and outside {rule.during}"
    if rule.owners and rule.ownership == "unassigned":
        return "a lead of these owners is not unassigned"
    if unknown and len(unknown) == len(rule.countries):
        return f"no country has the code {', '.join(unknown)}"
    if rule.sources and only_sources and not set(rule.sources) & set(only_sources):
        return f"only_sources leaves out {', '.join(rule.sources)}"
    return _contradiction(rule)


def _contradiction(rule: RuleConfig) -> str:
    """Which two conditions no lead meets at once; "" if there are none."""
    if not rule.when:
        return ""
    from leadline.team.matching.condition_sets import (
        contradiction,  # imported here: few rules have them
    )

    return contradiction(rule.when)


def _shadowed(rule: RuleConfig, earlier: Mapping[str, RuleConfig], silent: bool) -> str:
    """Which earlier rules decide whatever this one would; "" if it decides something."""
    by = []
    for decides in (_decides_channels, _decides_team):
        if not decides(rule):
            continue
        covering = (n for n, e in earlier.items() if decides(e) and _covers(e, rule))
        if silent and decides is _decides_channels and _is_about_duplicates(rule):
            covering = (n for n in covering if _is_about_duplicates(earlier[n]))
        first = next(covering, None)
        if first is None:
            return ""
        by.append(first)
    return f"{' and '.join(dict.fromkeys(by))} before it matches whenever it does"


def _decides_channels(rule: RuleConfig) -> bool:
    return bool(rule.channels) or rule.alert == "no"


def _decides_team(rule: RuleConfig) -> bool:
    return bool(rule.team or rule.assign)


def _is_about_duplicates(rule: RuleConfig) -> bool:
    return compile_rule("", rule).about_duplicates


def _covers(wide: RuleConfig, narrow: RuleConfig) -> bool:
    """Whether every lead that *narrow* matches is matched by *wide*, too, as far as the conditions
    show it."""
    return (
        _has(wide.sources, narrow.sources)
        and _has(wide.owners, narrow.owners)
        and _has(wide.countries, narrow.countries)
        and _has_scores(wide, narrow)
        and wide.ownership in ("", narrow.ownership)
        and wide.seen in ("", narrow.seen)
        and wide.during in ("", narrow.during)
        and wide.outside in ("", narrow.outside)
        and _has_lines(wide, narrow)
    )


def _has(wide: Sequence[str], narrow: Sequence[str]) -> bool:
    """Whether a condition with the values *wide* is met wherever one with *narrow* is."""
    if not wide:
        return True
    return bool(narrow) and {n.casefold() for n in narrow} <= {w.casefold() for w in wide}


def _has_scores(wide: RuleConfig, narrow: RuleConfig) -> bool:
    low, high = wide.min_score, wide.max_score
    is_low = low is None or (narrow.min_score is not None and narrow.min_score >= low)
    is_high = high is None or (narrow.max_score is not None and narrow.max_score <= high)
    return is_low and is_high


def _has_lines(wide: RuleConfig, narrow: RuleConfig) -> bool:
    """Whether *narrow* has each line of `when` that *wide* has."""
    if not wide.when:
        return True
    from leadline.team.matching.condition_sets import is_among

    return bool(narrow.when) and is_among(wide.when, narrow.when)
