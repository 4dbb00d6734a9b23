"""A person is planted wherever a sender can write; logs, metrics and the audit log name nobody."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from leadline.entrypoints.embedded.watching.metrics import render
from leadline.entrypoints.logs import configure
from leadline.entrypoints.slack_endpoint import slack_endpoint
from leadline.journey.personal_data.erasing import end_erased
from leadline.journey.responding.claiming import CLAIM, Press
from leadline.model.staff.people import Person
from leadline.ports.messenger import Refused, Unreachable
from leadline.settings.top.general import Settings
from leadline.stores.audit_file import AuditFile
from leadline.stores.sqlite.reading.ledger import SqliteLedger
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import SalesOffice

NAME, EMAIL, PHONE = "Zephyrine Quagmire", "zephyrine@quagmire.example", "+49 30 9876501"
PLANTED = f"{NAME} <{EMAIL}>, {PHONE}"
TRACES = ("zephyrine", "quagmire", "9876501", "49 30 98")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that is logged, as the server writes it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure("debug", "json", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def deliver_a_lead(office: SalesOffice) -> str:
    """A lead with the person in every field; its alert is refused in words that name them, too."""
    office.messengers["slack"].trouble = Unreachable(PLANTED)
    lead_id = office.post(
        name=NAME, email=EMAIL, phone=PHONE, company=PLANTED, title=PLANTED, country=PLANTED,
        website=PLANTED, message=PLANTED, source=PLANTED, campaign=PLANTED, owner=PLANTED,
        crm_url=PLANTED, score=PLANTED, record=PLANTED, **{PLANTED: PLANTED},
    )  # fmt: skip
    office.wait(minutes=11)
    office.messengers["slack"].trouble = Refused("slack.no_user", PLANTED)
    office.wait(minutes=5)
    return lead_id


def test_nobody_is_named_in_logs_metrics_and_the_audit_log(
    tmp_path: Path, clock: HandClock, logged: io.StringIO
) -> None:
    audit = AuditFile(tmp_path / "data")
    with closing(SqliteStore(tmp_path / "data", clock=clock)) as store:
        office = SalesOffice(store, clock, asks=False, audit=audit)
        lead_id = deliver_a_lead(office)
        press = Press(action=CLAIM, lead_id=lead_id, user=Person(slack="U012", name=NAME))
        slack_endpoint(Settings(), audit).press(store, press, clock())
        end_erased(office.kit, office.refined(lead_id), proved=True)
        with closing(SqliteLedger(tmp_path / "data")) as ledger:
            metrics = render(ledger, CollectorRegistry(), Settings())
    entries = audit.path.read_bytes()
    assert [json.loads(one)["action"] for one in entries.splitlines()] == ["lead.claim"]
    assert lead_id in logged.getvalue()
    for text in (logged.getvalue(), metrics.decode(), entries.decode()):
        assert not [trace for trace in TRACES if trace in text.lower()], text
