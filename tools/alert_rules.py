"""Alert rules for Prometheus, from tools/alert_rules.toml and the alarms of the AWS template."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from leadline.entrypoints.embedded.watching.metrics import METRICS
from leadline.infra import template
from leadline.settings.notation.notations import DURATION
from tools.blocks import with_block

RULES = "examples/prometheus/leadline.rules.yml"
PAGE = "docs/how-to/watch-with-prometheus.md"
_FILE = Path(__file__).with_name("alert_rules.toml")
_HEAD = """# Alert rules for Leadline on one machine, for Prometheus.
# Written by `make docs` out of tools/alert_rules.toml and the alarms of the AWS template: edit
# those, not this.

groups:
  - name: leadline
    rules:
"""
_NO_METRICS_OF_OURS = frozenset({"up"})
"""What Prometheus itself knows of every target."""
_METRIC = re.compile(r"\b(leadline_\w+|up)\b(?=[{\s)]|$)")


class Missing(Exception):
    """The table and the template, or the metrics, do not fit together."""


class AlertRule(msgspec.Struct, frozen=True):
    """One rule; `alarms` are those of AWS for which it stands, `expr` is PromQL, and `for_` is how
    long it must be so ("": at once)."""

    name: str
    alarms: tuple[str, ...]
    severity: str
    expr: str
    summary: str
    do: str
    for_: str = ""


class AlertRules(msgspec.Struct, frozen=True):
    """All rules, and for each alarm without one the reason."""

    rules: tuple[AlertRule, ...]
    without: Mapping[str, str]


@cache
def alert_rules() -> AlertRules:
    """The rules, with the thresholds of the template. Raises Missing if an alarm has neither a rule
    nor a reason, or if a rule names an alarm or a metric that does not exist."""
    written = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    thresholds = alarm_thresholds()
    rules = tuple(_rule(name, rule, thresholds) for name, rule in written["rules"].items())
    found = AlertRules(rules, written["without"])
    _refuse_gaps(found, thresholds)
    return found


def alarm_thresholds() -> Mapping[str, float]:
    """The threshold of each alarm of the template with its default parameters, and as `Delay` the
    default wait, all in the alarm's own units."""
    parsed = yaml_parse(template())
    defaults = {name: one.get("Default") for name, one in parsed["Parameters"].items()}
    found: dict[str, float] = {"Delay": DURATION.read(defaults["Delay"]).total_seconds()}
    for name, resource in parsed["Resources"].items():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            properties = resource["Properties"]
            if properties["ComparisonOperator"] != "GreaterThanThreshold":
                raise Missing(f"{name} is compared in another way than its rule")
            threshold = properties["Threshold"]
            found[name] = defaults[threshold["Ref"]] if isinstance(threshold, dict) else threshold
    return found


def metrics_in(expr: str) -> set[str]:
    """The metrics that an expression names."""
    return set(_METRIC.findall(expr))


def known_metrics() -> set[str]:
    """The names under which `/metrics` has its metrics."""
    return {f"{n}_total" if kind == "counter" else n for n, (kind, _, _) in METRICS.items()}


def rules_file() -> str:
    """The rules as Prometheus reads them. Texts are written as JSON, which is YAML too."""
    return _HEAD + "".join(line for rule in alert_rules().rules for line in _lines(rule))


def page() -> str:
    """The page that explains the rules."""
    found = alert_rules()
    rows = ["| rule | it means | do | alarms on AWS |\n", "| --- | --- | --- | --- |\n"]
    for rule in found.rules:
        alarms = ", ".join(f"`{name}`" for name in rule.alarms) or "none"
        summary = re.sub(r"\{\{ \$labels\.(\w+) \}\}", r"*\1*", rule.summary)
        rows.append(f"| `{rule.name}` | {summary} | {rule.do} | {alarms} |\n")
    reasons = ["| alarm on AWS | why it has no rule |\n", "| --- | --- |\n"]
    reasons += [f"| `{name}` | {why} |\n" for name, why in found.without.items()]
    return with_block(PAGE, "rules", "".join([*rows, "\n", *reasons]))


def conditions() -> str:
    """A table of the conditions, for the page of metrics."""
    rows = [
        f"| `{' '.join(rule.expr.split())}` | {rule.for_} | `{rule.name}` |\n".replace(
            "|  |", "| |"
        )
        for rule in alert_rules().rules
    ]
    return "".join(rows)


def _rule(name: str, written: Mapping[str, Any], thresholds: Mapping[str, float]) -> AlertRule:
    rule = msgspec.convert({"name": name, **written}, AlertRule)
    numbers = {alarm: f"{value:g}" for alarm, value in thresholds.items()}
    return msgspec.structs.replace(rule, expr=rule.expr.strip().format_map(numbers))


def _refuse_gaps(found: AlertRules, thresholds: Mapping[str, float]) -> None:
    alarms = thresholds.keys() - {"Delay"}
    named = {alarm for rule in found.rules for alarm in rule.alarms} | found.without.keys()
    if gaps := sorted(alarms ^ named):
        raise Missing(f"tools/alert_rules.toml and the alarms of the template differ in {gaps}")
    for rule in found.rules:
        used = metrics_in(rule.expr)
        if unknown := used - known_metrics() - _NO_METRICS_OF_OURS:
            raise Missing(f"{rule.name}: /metrics has no {', '.join(sorted(unknown))}")
        if not used:
            raise Missing(f"{rule.name} looks at no metric")


def _lines(rule: AlertRule) -> Iterator[str]:
    yield f"      - alert: {rule.name}\n"
    yield "        expr: |\n"
    yield from (f"          {line}\n" for line in rule.expr.splitlines())
    if rule.for_:
        yield f"        for: {rule.for_}\n"
    yield f"        labels: {{severity: {rule.severity}}}\n"
    yield "        annotations:\n"
    yield f"          summary: {json.dumps(rule.summary)}\n"
    yield f"          description: {json.dumps(rule.do)}\n"
