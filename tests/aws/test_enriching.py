"""A stack that looks facts up: the functions reach the service with their own roles, and the answer
stands in the refined lead."""

import pytest

from leadline.standins.slack_inbox import SlackInbox
from tests.aws.deployment import Deployment
from tests.aws.test_end_to_end import document, eventually, send, settings_text, told
from tests.standins.emulator import Emulator
from tests.standins.enrichment_services import KEY, EnrichmentServices

pytestmark = pytest.mark.aws

ENRICH = """
[enrichment]
wait = "20s"

[enrich.apollo]
url = "{url}/api/v1/organizations/enrich?domain={{domain}}"
headers = {{ X-Api-Key = "{{key}}" }}
key = "{key}"
timeout = "20s"
cost = 0.25
per_day = 5

[enrich.apollo.map]
size = "organization.estimated_num_employees"
"""


def test_a_stack_looks_facts_up_within_its_roles(
    emulator: Emulator, slack: SlackInbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    emulator.reset()
    with EnrichmentServices("example.com") as services:
        stack = Deployment(
            emulator,
            tmp_path_factory.mktemp("stack"),
            stack="enrich",
            parameters={"Delay": "2s", "RefineTimeout": "60", "SweepSchedule": "rate(1 day)"},
            settings=settings_text(slack) + ENRICH.format(url=services.endpoint, key=KEY),
        )
        lead_id = send(stack, name="Ada Verne", email="ada@example.com")
        eventually(lambda: lead_id in told(slack))
        refined = document(stack, "refined/", lead_id)
        assert refined["enrichment"]["values"]["size"]["value"] == 130
        assert [one.query for one in services.asked] == [{"domain": "example.com"}]
