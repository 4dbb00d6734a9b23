"""Packages with a source or a CRM of their own, written for commit 173241e, work until 0.3."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.standins.slack_inbox import SlackInbox
from tests.acceptance.installation import Installation
from tests.worlds.first_release import FOLDER

SECRET = "open-sesame"
"""Of the scanner."""
SCAN = b'{"badge": 17, "visitor": "Ada Vance", "mail": "ada@example.com"}'
CRM = """
from datetime import timedelta

from leadline.crm import Crm, CrmConfig, CrmRecord, Found, NotYet, Page, Written
from leadline.lead import LeadFields, Person
from leadline.ports import Busy, Refused, Unreachable


class FairDesk(Crm):
    batch = 10
    knows_owners = True

    def __init__(self, config: CrmConfig) -> None:
        self._asked = 0

    def read(self, records):
        self._asked += 1
        if self._asked == 1:
            return Busy(timedelta(milliseconds=100), "fair.busy")
        owner = Person(id="7", name="Ann Archer", email="ann@example.com")
        return {r: CrmRecord(record=r, fields=LeadFields(), owner=owner) for r in records}

    def write(self, changes):
        return Refused("fair.read_only", "")

    def owner_value(self, owner):
        return None

    def since(self, at, after=""):
        return Unreachable("fair.closed")
"""


def install(folder: Path) -> str:
    """The example of that commit, and a CRM, as a distribution that pip installed; its folder."""
    about = folder / "fair_scanner-1.0.dist-info"
    about.mkdir(parents=True)
    (folder / "fair_scanner.py").write_text((FOLDER / "own_source.py.txt").read_text())
    (folder / "fair_desk.py").write_text(CRM)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: fair-scanner\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[leadline.sources]\nbadge_scanner = fair_scanner:BadgeScanner\n"
        "[leadline.crms]\nfair_desk = fair_desk:FairDesk\n"
    )
    return str(folder)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[tuple[Installation, SlackInbox]]:
    with SlackInbox() as slack:
        settings = {
            "LEADLINE_SLACK_WEBHOOK_URL": slack.webhook_url,
            "LEADLINE_SOURCES__BADGE_SCANNER__SECRET": SECRET,
            "LEADLINE_CRM__BADGE_SCANNER__KIND": "fair_desk",
            "PYTHONPATH": install(tmp_path / "site"),
            "PYTHONWARNINGS": "default",
        }
        with Installation(tmp_path / "installation", **settings) as installation:
            yield installation, slack


def test_a_source_and_a_crm_of_before_still_work_and_say_what_to_change(
    installation: tuple[Installation, SlackInbox],
) -> None:
    made, slack = installation
    made.start()
    signature = hmac.new(SECRET.encode(), SCAN, hashlib.sha256).hexdigest()
    assert made.post(SCAN, "badge_scanner").status == 401
    answer = made.post(SCAN, "badge_scanner", **{"x-scanner-signature": signature})
    assert answer.status == 200
    assert slack.wait_for(1, 30)
    shown = json.loads(made.command("show", json.loads(answer.data)["lead_id"], "--json").stdout)
    assert shown["row"]["name"] == "Ada Vance"
    assert shown["row"]["owner"] == "Ann Archer"
    log = made.log.read_text()
    warning = "DeprecationWarning: import {} from leadline.plugin_api"
    for name in ("Source", "LeadFields", "Unauthentic", "CrmRecord", "Busy"):
        assert warning.format(name) in log
