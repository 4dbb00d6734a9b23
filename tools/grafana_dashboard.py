"""The dashboard for Grafana, whose panels show on one machine what the dashboard on AWS shows."""

import json
from typing import Any, NamedTuple

FILE = "examples/prometheus/grafana-dashboard.json"
_OF = 'job=~"$job", instance=~"$instance"'
_HALF, _HEIGHT = 12, 8


class Curve(NamedTuple):
    """One query of a panel, with the legend of its series."""

    expr: str
    legend: str


class Panel(NamedTuple):
    """A panel; `unit` is Grafana's name of it."""

    title: str
    unit: str
    curves: tuple[Curve, ...]


PANELS = (
    Panel("Answers to deliveries, each second", "reqps", (
        Curve("sum by (status) (rate(leadline_http_answers_total{OF}[$__rate_interval]))",
              "{{status}}"),
    )),
    Panel("Deliveries by source, each second", "reqps", (
        Curve("sum by (source) (rate(leadline_http_answers_total{OF}[$__rate_interval]))",
              "{{source}}"),
    )),
    Panel("Leads in an hour: captured, refined, alerted", "short", (
        Curve("sum by (what) (increase(leadline_events_total{OF, "
              'what=~"captured|refined|alerted|duplicate|quarantined"}[1h]))', "{{what}}"),
    )),
    Panel("Dead letters", "short", (
        Curve("sum by (step, reason) (leadline_dead_letters{OF})", "{{step}}: {{reason}}"),
        Curve("max(leadline_leads_unscored{OF})", "went on without a score"),
        Curve("sum by (experiment) (leadline_experiments_alarming{OF})",
              "the experiment {{experiment}} does harm"),
    )),
    Panel("Tasks: due", "short", (
        Curve("sum by (step, channel) (leadline_tasks_due{OF})", "{{step}} {{channel}}"),
    )),
    Panel("Tasks: waiting or in work", "short", (
        Curve("sum by (step, channel) (leadline_tasks_waiting{OF})", "{{step}} {{channel}}"),
        Curve("sum(leadline_leads_held{OF})", "leads on hold"),
    )),
    Panel("Oldest lead and task", "s", (
        Curve("max(leadline_oldest_untold_seconds{OF})", "lead, since first due"),
        Curve("max by (step, channel) (leadline_oldest_due_seconds{OF})",
              "{{step}} {{channel}}"),
    )),
    Panel("Speed of a day: waiting for Leadline (own) and for people (human)", "s", (
        Curve("max by (part, quantile) (leadline_speed_seconds{OF})", "{{part}}, {{quantile}}"),
    )),
    Panel("Deliveries that can't be read, in an hour", "short", (
        Curve("sum by (source, kept) (increase(leadline_unreadable_deliveries_total{OF}[1h]))",
              "{{source}}, kept: {{kept}}"),
    )),
    Panel("Questions to providers of facts, in an hour", "short", (
        Curve("sum by (provider, result) (increase(leadline_lookups_total{OF}[1h]))",
              "{{provider}}: {{result}}"),
    )),
    Panel("Cost of facts, in an hour", "short", (
        Curve("sum by (provider) (increase(leadline_lookup_cost_total{OF}[1h]))", "{{provider}}"),
    )),
    Panel("Slack: buttons and commands, in an hour", "short", (
        Curve("sum by (what, result) (increase(leadline_slack_requests_total{OF}[1h]))",
              "{{what}}: {{result}}"),
    )),
)  # fmt: skip


def text() -> str:
    """The dashboard, as Grafana imports it."""
    return json.dumps(_dashboard(), indent=2, ensure_ascii=False) + "\n"


def query(expr: str) -> str:
    """An expression of a curve, held to the job and the instances that are chosen at the top."""
    return expr.replace("OF", _OF)


def _dashboard() -> dict[str, Any]:
    return {
        "title": "Leadline",
        "uid": "leadline",
        "tags": ["leadline"],
        "description": "Written by `make docs` out of tools/grafana_dashboard.py.",
        "schemaVersion": 39,
        "editable": True,
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [_DATA_SOURCE, _variable("job"), _variable("instance")]},
        "panels": [_panel(number, panel) for number, panel in enumerate(PANELS)],
    }


_DATA_SOURCE = {"name": "datasource", "label": "Prometheus", "type": "datasource",
                "query": "prometheus"}  # fmt: skip
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def _variable(label: str) -> dict[str, Any]:
    """A choice among the values of a label of Leadline's metrics."""
    return {
        "name": label,
        "type": "query",
        "datasource": _SOURCE,
        "query": {"query": f"label_values(leadline_leads_held, {label})", "refId": label},
        "definition": f"label_values(leadline_leads_held, {label})",
        "includeAll": True,
        "multi": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
        "refresh": 2,
    }


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": _SOURCE,
        "gridPos": {
            "x": number % 2 * _HALF, "y": number // 2 * _HEIGHT, "w": _HALF, "h": _HEIGHT,
        },
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}},
        "targets": [
            {
                "refId": chr(ord("A") + position),
                "datasource": _SOURCE,
                "expr": query(curve.expr),
                "legendFormat": curve.legend,
            }
            for position, curve in enumerate(panel.curves)
        ],
    }  # fmt: skip
