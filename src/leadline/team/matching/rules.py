"""The rules, compiled once, and a look at a lead with them: which rule decides what, and which
condition failed in the others."""

from collections.abc import Iterator, Mapping

import msgspec

from leadline.model.facts.scored_leads import score_of
from leadline.model.staff.assigning import RuleLooked
from leadline.settings.team.rules import RuleConfig
from leadline.team.matching.subject import NO_FACTS, Subject, Test, ownership_of

BEFORE = "before"
"""The value of a rule's `seen` that matches duplicates."""


class Looked(msgspec.Struct, frozen=True):
    """What the rules say of a lead.

    `rules` are those that were looked at, in order. `channels` are those of the rule
    `channels_rule`, without repetition; None if no rule decides them. `assigns` is the rule that
    gives the lead to somebody, and `team` the team to which it gives it; "" if none does. A rule
    with `assign` has a team of its own (`own_team`).
    """

    rules: tuple[RuleLooked, ...] = ()
    channels: tuple[str, ...] | None = None
    channels_rule: str = ""
    assigns: str = ""
    team: str = ""


class CompiledRule(msgspec.Struct, frozen=True):
    """A rule with its conditions, each with what a lead that does not meet it is told. `channels`
    is None, and `team` is "", if the rule does not decide them."""

    name: str
    conditions: tuple[tuple[Test, RuleLooked], ...]
    fits: RuleLooked
    channels: tuple[str, ...] | None
    team: str
    about_duplicates: bool
    asks_history: bool


def own_team(rule: str) -> str:
    """The name of the team of a rule with `assign`."""
    return f"rule {rule}"


def compile_rule(name: str, rule: RuleConfig) -> CompiledRule:
    """One rule, ready to be looked at."""
    channels: tuple[str, ...] | None = None
    if rule.alert == "no":
        channels = ()
    elif rule.channels:
        channels = tuple(dict.fromkeys(rule.channels))
    conditions = [*_of_keys(rule), *_of_lines(name, rule)]
    return CompiledRule(
        name=name,
        conditions=tuple((holds, RuleLooked(name, words)) for words, holds in conditions),
        fits=RuleLooked(name),
        channels=channels,
        team=rule.team or (own_team(name) if rule.assign else ""),
        about_duplicates=rule.seen == BEFORE or any(map(_is_about_duplicates, rule.when)),
        asks_history=any(map(_asks_history, rule.when)),
    )


class Rules(msgspec.Struct, frozen=True):
    """All rules, in the order of the settings."""

    rules: tuple[CompiledRule, ...] = ()

    @classmethod
    def compile(cls, rules: Mapping[str, RuleConfig]) -> "Rules":
        """The rules of the settings, ready to be looked at."""
        return cls(tuple(compile_rule(name, rule) for name, rule in rules.items()))

    @property
    def ask_history(self) -> bool:
        """Whether a look needs `Facts`: a condition is about earlier leads of the person."""
        return any(rule.asks_history for rule in self.rules)

    def look(self, subject: Subject, *, silent: bool = False) -> Looked:
        """Look at each rule that could still decide something, until both the channels and the
        team are decided. If *silent*, only rules about duplicates decide the channels."""
        looked: list[RuleLooked] = []
        by_channels = by_team = None
        for rule in self.rules:
            says = by_channels is None and rule.channels is not None
            says = says and (rule.about_duplicates or not silent)
            gives = by_team is None and rule.team != ""
            if not says and not gives:
                continue
            found = _look_at(rule, subject)
            looked.append(found)
            if found is rule.fits:
                by_channels = rule if says else by_channels
                by_team = rule if gives else by_team
                if by_channels is not None and by_team is not None:
                    break
        return Looked(
            rules=tuple(looked),
            channels=by_channels.channels if by_channels else None,
            channels_rule=by_channels.name if by_channels else "",
            assigns=by_team.name if by_team else "",
            team=by_team.team if by_team else "",
        )


def _look_at(rule: CompiledRule, subject: Subject) -> RuleLooked:
    """The rule's `fits`, or what the first condition says that the lead does not meet."""
    for holds, failed in rule.conditions:
        if not holds(subject):
            return failed
    return rule.fits


def _of_keys(rule: RuleConfig) -> Iterator[tuple[str, Test]]:
    """The conditions of a rule besides `when`, in words of the settings."""
    if rule.sources:
        yield f"sources = {', '.join(rule.sources)}", _is_from(frozenset(rule.sources))
    yield from _of_scores(rule)
    if rule.seen:
        yield f"seen = {rule.seen}", _is_seen(rule.seen == BEFORE)
    if rule.ownership:
        yield f"ownership = {rule.ownership}", _has_ownership(rule.ownership)
    if rule.owners:
        owners = frozenset(name.casefold() for name in rule.owners)
        yield f"owners = {', '.join(rule.owners)}", _is_of(owners)
    if rule.countries:
        codes = frozenset(code.upper() for code in rule.countries)
        yield f"countries = {', '.join(rule.countries)}", _is_in(codes)
    if rule.during:
        yield f"during = {rule.during}", _is_during(rule.during, within=True)
    if rule.outside:
        yield f"outside = {rule.outside}", _is_during(rule.outside, within=False)


def _of_scores(rule: RuleConfig) -> Iterator[tuple[str, Test]]:
    low, high = rule.min_score, rule.max_score
    if low is not None:
        yield f"min_score = {low:.15g}", _is_at_least(low)
    if high is not None:
        yield f"max_score = {high:.15g}", _is_below(high)


def _of_lines(name: str, rule: RuleConfig) -> Iterator[tuple[str, Test]]:
    """The conditions of `when`."""
    if rule.when:
        from leadline.team.matching.conditions import (
            compile_condition,  # imported here: few rules have them
        )

        for line in rule.when:
            words, test = f"when {line}", compile_condition(line, rule.lists)
            yield words, _as_found(name, words, test) if _asks_history(line) else test


def _as_found(rule: str, words: str, test: Test) -> Test:
    """A condition on earlier leads. Who looks at a refined lead later has no facts about them: then
    what was found at its refinement counts, as its decision has kept it."""

    def holds(subject: Subject) -> bool:
        decision = subject.lead.decision
        if decision is not None and subject.facts == NO_FACTS:
            failed = next((one.failed for one in decision.rules if one.rule == rule), None)
            if failed in ("", words):
                return failed == ""
        return test(subject)

    return holds


def _is_about_duplicates(line: str) -> bool:
    from leadline.team.matching.conditions import is_about_duplicates

    return is_about_duplicates(line)


def _asks_history(line: str) -> bool:
    from leadline.team.matching.conditions import asks_history

    return asks_history(line)


def _is_from(sources: frozenset[str]) -> Test:
    return lambda subject: subject.lead.received_from in sources


def _is_at_least(low: float) -> Test:
    def holds(subject: Subject) -> bool:
        score = score_of(subject.lead)
        return score is not None and score >= low

    return holds


def _is_below(high: float) -> Test:
    def holds(subject: Subject) -> bool:
        score = score_of(subject.lead)
        return score is not None and score < high

    return holds


def _is_seen(before: bool) -> Test:
    return lambda subject: (subject.lead.duplicate_of is not None) is before


def _has_ownership(wanted: str) -> Test:
    return lambda subject: ownership_of(subject.lead).value == wanted


def _is_of(owners: frozenset[str]) -> Test:
    return lambda subject: not owners.isdisjoint(subject.called)


def _is_in(codes: frozenset[str]) -> Test:
    return lambda subject: subject.country in codes


def _is_during(name: str, *, within: bool) -> Test:
    return lambda subject: subject.is_during(name) is within
