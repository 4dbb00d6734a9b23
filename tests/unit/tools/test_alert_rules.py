"""Alert rules and dashboard for Prometheus name what there is, and leave no alarm of AWS out."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tools import alert_rules, grafana_dashboard
from tools.alert_rules import AlertRules, Missing, alarm_thresholds, known_metrics, metrics_in


@pytest.fixture(scope="module")
def found() -> AlertRules:
    return alert_rules.alert_rules()


def test_every_alarm_of_the_template_has_a_rule_or_a_reason(found: AlertRules) -> None:
    with_rule = {alarm for rule in found.rules for alarm in rule.alarms}
    assert with_rule | found.without.keys() == alarm_thresholds().keys() - {"Delay"}
    assert with_rule.isdisjoint(found.without)
    assert len(with_rule) >= 10
    assert all(found.without.values())


def changed(
    found: AlertRules, monkeypatch: pytest.MonkeyPatch, thresholds: Mapping[str, float]
) -> AlertRules:
    monkeypatch.setattr(alert_rules, "alarm_thresholds", lambda: thresholds)
    return alert_rules.alert_rules.__wrapped__()


def test_a_new_alarm_must_be_spoken_of(found: AlertRules, monkeypatch: pytest.MonkeyPatch) -> None:
    thresholds = {**alarm_thresholds(), "PipesFrozen": 1}
    with pytest.raises(Missing, match="PipesFrozen"):
        changed(found, monkeypatch, thresholds)


def test_an_alarm_that_is_gone_must_not_be_spoken_of(
    found: AlertRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    thresholds = {n: one for n, one in alarm_thresholds().items() if n != "Unrecovered"}
    with pytest.raises(Missing, match="Unrecovered"):
        changed(found, monkeypatch, thresholds)


def test_another_threshold_of_an_alarm_is_that_of_its_rule(
    found: AlertRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    thresholds = {**alarm_thresholds(), "LeadsUntold": 1234}
    rules = changed(found, monkeypatch, thresholds).rules
    assert rules[0].expr == "leadline_oldest_untold_seconds > 1234"


def test_rules_look_at_metrics_that_there_are(
    found: AlertRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rule in found.rules:
        assert metrics_in(rule.expr) <= known_metrics() | {"up"}
    assert metrics_in('sum(leadline_leeds{a="b"}) > up') == {"leadline_leeds", "up"}
    monkeypatch.setattr(alert_rules, "known_metrics", set)
    with pytest.raises(Missing, match="/metrics has no leadline_oldest_untold_seconds"):
        changed(found, monkeypatch, alarm_thresholds())


def panels() -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(grafana_dashboard.text())["panels"]
    return read


def test_the_dashboard_shows_every_metric_and_nothing_else() -> None:
    shown: set[str] = set()
    for panel in panels():
        for target in panel["targets"]:
            used = metrics_in(target["expr"])
            assert used, target
            assert 'job=~"$job", instance=~"$instance"' in target["expr"]
            shown |= used
    assert shown == known_metrics()


def test_panels_of_the_dashboard_lie_side_by_side() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert taken.isdisjoint(cells)
        taken |= cells
    assert len({panel["id"] for panel in panels()}) == len(panels())
