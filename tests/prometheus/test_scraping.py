"""A real Prometheus scrapes a real server: its rules ring, and the dashboard shows something."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from leadline.standins.slack_inbox import SlackInbox
from tests.acceptance.installation import Installation
from tests.standins.prometheus import Prometheus
from tools import grafana_dashboard
from tools.alert_rules import RULES, known_metrics
from tools.blocks import ROOT

pytestmark = pytest.mark.prometheus

TOKEN = "a-long-random-word"
OF_SLACK = "leadline_slack_requests_total"
"""Only what Slack sends has a figure in it."""


class Scraped(NamedTuple):
    server: Installation
    prometheus: Prometheus


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scraped]:
    """A server with a lead that was alerted, a dead letter, a body that can't be read, a
    provider of facts, and an experiment, scraped every second."""
    folder = tmp_path_factory.mktemp("scraped")
    (folder / "server").mkdir()
    (folder / "server" / "leadline.toml").write_text(
        '[enrich.domain]\nkind = "domain"\n[experiments.louder]\n'
        'arms = { usual = 1, loud = 1 }\nvalues = { loud = "Call" }\n',
        encoding="utf-8",
    )
    with SlackInbox() as slack, Installation(
        folder / "server", LEADLINE_METRICS_TOKEN=TOKEN,
        LEADLINE_SLACK_WEBHOOK_URL=slack.webhook_url,
    ) as server:  # fmt: skip
        server.start()
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(ROOT / RULES)],
            "scrape_configs": [
                {
                    "job_name": "leadline",
                    "authorization": {"credentials": TOKEN},
                    "static_configs": [{"targets": [f"127.0.0.1:{server.port}"]}],
                }
            ],
        }
        with Prometheus(folder / "prometheus", config) as prometheus:
            prometheus.until(lambda: prometheus.query('up{job="leadline"} == 1'))
            assert server.post(b'{"email": "ada@example.com"}').status == 200
            assert server.post(b'{"nobody": 1}').status == 200
            assert server.post(b"{").status == 400
            yield Scraped(server, prometheus)


def test_a_dead_letter_rings(scraped: Scraped) -> None:
    rings = 'ALERTS{alertname="LeadlineRefineDeadLetters", alertstate="firing"}'
    (alert,) = scraped.prometheus.until(lambda: scraped.prometheus.query(rings))
    assert alert["metric"]["severity"] == "critical"
    others = {
        one["metric"]["alertname"]
        for one in scraped.prometheus.query('ALERTS{alertstate="firing"}')
    }
    assert others == {"LeadlineRefineDeadLetters"}


def test_every_metric_that_rules_and_dashboard_may_name_is_scraped(scraped: Scraped) -> None:
    either = "|".join(known_metrics() - {OF_SLACK})
    number = f'count(group by (__name__) ({{__name__=~"{either}"}})) == {len(known_metrics()) - 1}'
    scraped.prometheus.until(lambda: scraped.prometheus.query(number))


@pytest.mark.parametrize(
    "expr", [curve.expr for panel in grafana_dashboard.PANELS for curve in panel.curves]
)
def test_a_query_of_the_dashboard_shows_something(scraped: Scraped, expr: str) -> None:
    asked = grafana_dashboard.query(expr)
    for name, value in (("$job", ".*"), ("$instance", ".*"), ("$__rate_interval", "1m")):
        asked = asked.replace(name, value)
    assert "$" not in asked
    if OF_SLACK in asked:
        assert list(scraped.prometheus.query(asked)) == []
    else:
        scraped.prometheus.until(lambda: scraped.prometheus.query(asked))


def test_the_choices_of_the_dashboard_are_there(scraped: Scraped) -> None:
    for label, value in (("job", "leadline"), ("instance", f"127.0.0.1:{scraped.server.port}")):
        of_ours = {"match[]": "leadline_leads_held"}
        found = scraped.prometheus.ask(f"label/{label}/values", **of_ours)
        assert found == [value]


def test_the_words_of_an_alert_are_filled_in(scraped: Scraped) -> None:
    def firing() -> list[str]:
        told = scraped.prometheus.ask("alerts")
        return [one["annotations"]["summary"] for one in told["alerts"]] if told else []

    assert "A lead could not be refined, and is not tried any more." in (
        scraped.prometheus.until(firing)
    )
