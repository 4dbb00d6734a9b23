"""Every alert rule rings by the figures that it is for, and not by those just below them."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.standins.prometheus import promtool
from tools.alert_rules import RULES, alert_rules
from tools.blocks import ROOT

pytestmark = pytest.mark.prometheus

TARGET = {"job": "leadline", "instance": "127.0.0.1:8080"}
ANSWERS = "leadline_http_answers_total"


class Figures(NamedTuple):
    """Series of a metric by its further labels, a value each minute (promtool's notation), and
    whether the rule rings after ten minutes: with these labels, or None."""

    series: dict[str, str]
    rings: dict[str, str] | None


def of(metric: str, values: str, **labels: str) -> dict[str, str]:
    told = ", ".join(f'{name}="{value}"' for name, value in {**TARGET, **labels}.items())
    return {f"{metric}{{{told}}}": values}


CASES: dict[str, list[Figures]] = {
    "LeadlineExperimentHarms": [
        Figures(
            of("leadline_experiments_alarming", "1x20", experiment="louder"),
            {"experiment": "louder"},
        ),
        Figures(of("leadline_experiments_alarming", "0x20", experiment="louder"), None),
    ],
    "LeadlineLeadsUntold": [
        Figures(of("leadline_oldest_untold_seconds", "0x9 901"), {}),
        Figures(of("leadline_oldest_untold_seconds", "901x9 900"), None),
    ],
    "LeadlineDeliveriesFailed": [
        Figures(of(ANSWERS, "3x7 4x9", source="close", status="503"), {"source": "close"}),
        Figures(of(ANSWERS, "_x8 1x9", source="close", status="500"), {"source": "close"}),
        Figures(of(ANSWERS, "1x20", source="close", status="503"), None),
        Figures(of(ANSWERS, "0+9x20", source="close", status="200"), None),
        Figures(of(ANSWERS, "0+9x20", source="close", status="429"), None),
    ],
    "LeadlineDeliveriesTurnedAway": [
        Figures(of(ANSWERS, "3x7 4x9", source="form", status="429"), {"source": "form"}),
        Figures(of(ANSWERS, "_x8 1x9", source="form", status="429"), {"source": "form"}),
        Figures(of(ANSWERS, "7x20", source="form", status="429"), None),
        Figures(of(ANSWERS, "0+9x20", source="form", status="503"), None),
    ],
    "LeadlineWorkersBehind": [
        Figures(of("leadline_oldest_due_seconds", "61x20", step="notify", channel="slack"), {}),
        Figures(of("leadline_oldest_due_seconds", "60x20", step="notify", channel="slack"), None),
        Figures(of("leadline_oldest_due_seconds", "0x7 61x9", step="refine", channel=""), None),
    ],
    "LeadlineRefineQueueDepth": [
        Figures(of("leadline_tasks_due", "1001x20", step="refine"), {"step": "refine"}),
        Figures(of("leadline_tasks_due", "1000x20", step="refine"), None),
        Figures(of("leadline_tasks_due", "9000x20", step="notify"), None),
    ],
    "LeadlineRefineQueueAge": [
        Figures(of("leadline_oldest_due_seconds", "301x20", step="refine"), {"step": "refine"}),
        Figures(of("leadline_oldest_due_seconds", "300x20", step="refine"), None),
        Figures(of("leadline_oldest_due_seconds", "301x20", step="notify"), None),
    ],
    "LeadlineRefineDeadLetters": [
        Figures(
            of("leadline_dead_letters", "1x20", step="refine", reason="refine.gave_up"),
            {"step": "refine"},
        ),
        Figures(of("leadline_dead_letters", "1x20", step="notify", reason="x"), None),
        Figures(of("leadline_dead_letters", "1x5 stale _x20", step="refine", reason="x"), None),
    ],
    "LeadlineDeliveryQueueDepth": [
        Figures(
            of("leadline_tasks_due", "600x20", step="notify", channel="slack")
            | of("leadline_tasks_due", "401x20", step="notify", channel="mail"),
            {},
        ),
        Figures(of("leadline_tasks_due", "1000x20", step="notify", channel="slack"), None),
        Figures(of("leadline_tasks_due", "9000x20", step="refine", channel=""), None),
    ],
    "LeadlineDeliveryQueueAge": [
        Figures(
            of("leadline_oldest_due_seconds", "901x20", step="notify", channel="slack"),
            {"step": "notify", "channel": "slack"},
        ),
        Figures(of("leadline_oldest_due_seconds", "900x20", step="notify", channel="a"), None),
        Figures(of("leadline_oldest_due_seconds", "901x20", step="refine", channel=""), None),
    ],
    "LeadlineDeliveryDeadLetters": [
        Figures(of("leadline_dead_letters", "1x20", step="notify", reason="slack.refused"), {}),
        Figures(of("leadline_dead_letters", "1x20", step="refine", reason="x"), None),
    ],
    "LeadlineDown": [
        Figures(of("up", "1x3 0x20"), {}),
        Figures(of("up", "1x7 0x20"), None),
        Figures({'up{job="node", instance="127.0.0.1:9100"}': "0x20"}, None),
    ],
    "LeadlineAlertsLate": [
        Figures(
            of("leadline_speed_seconds", "61x20", part="own", quantile="0.95"),
            {"part": "own", "quantile": "0.95"},
        ),
        Figures(of("leadline_speed_seconds", "60x20", part="own", quantile="0.95"), None),
        Figures(of("leadline_speed_seconds", "999x20", part="human", quantile="0.95"), None),
    ],
    "LeadlineSendersRefused": [
        Figures(of(ANSWERS, "0+12x20", source="generic", status="401"), {"source": "generic"}),
        Figures(of(ANSWERS, "0+8x20", source="generic", status="401"), None),
        Figures(of(ANSWERS, "0+99x20", source="generic", status="404"), None),
    ],
}


def judged(name: str, figures: Figures) -> dict[str, Any]:
    """A test of promtool: what rings after ten minutes, with its labels and words."""
    rule = next(rule for rule in alert_rules().rules if rule.name == name)
    rung = []
    if figures.rings is not None:
        labels = {**TARGET, **figures.rings}
        summary = re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda m: labels[m[1]], rule.summary)
        rung.append({
            "exp_labels": {**labels, "severity": rule.severity},
            "exp_annotations": {"summary": summary, "description": rule.do},
        })  # fmt: skip
    return {
        "interval": "1m",
        "input_series": [{"series": s, "values": v} for s, v in figures.series.items()],
        "alert_rule_test": [{"eval_time": "10m", "alertname": name, "exp_alerts": rung}],
    }


def test_every_rule_has_figures_by_which_it_rings_and_others() -> None:
    assert CASES.keys() == {rule.name for rule in alert_rules().rules}
    for figures in CASES.values():
        assert {one.rings is None for one in figures} == {True, False}


@pytest.mark.parametrize("name", CASES)
def test_a_rule_rings_when_it_must_and_not_otherwise(name: str, tmp_path: Path) -> None:
    file = tmp_path / "test.yml"
    tests = [judged(name, figures) for figures in CASES[name]]
    file.write_text(json.dumps({
        "rule_files": [str(ROOT / RULES)], "evaluation_interval": "1m", "tests": tests,
    }))  # fmt: skip
    done = promtool("test", "rules", str(file))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_expectation_fails(tmp_path: Path) -> None:
    """So that the tests above can fail: promtool compares what they say."""
    wrong = judged("LeadlineDown", Figures(of("up", "1x20"), {}))
    file = tmp_path / "test.yml"
    file.write_text(json.dumps({
        "rule_files": [str(ROOT / RULES)], "evaluation_interval": "1m", "tests": [wrong],
    }))  # fmt: skip
    assert promtool("test", "rules", str(file)).returncode != 0


def test_the_example_of_a_configuration_is_right() -> None:
    done = promtool("check", "config", str(ROOT / "examples/prometheus/prometheus.yml"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(CASES)} rules found" in done.stdout
