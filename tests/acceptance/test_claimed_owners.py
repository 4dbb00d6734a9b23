"""Who fills in a form does not choose whom the company writes to; a CRM, or a sender whom the
settings trust, does. The server, its settings and the mail server are real, on loopback."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from leadline.model.formats import from_iso
from leadline.standins.form_bodies import typeform_response
from tests.acceptance.installation import Installation
from tests.standins.mail_server import MailServerStandIn, mail_server
from tests.standins.message_rules import read_email
from tests.standins.payloads import ADA, AT, SECRETS, signature

STRANGER = "victim@elsewhere.example"
BEN = "ben@elsewhere.example"
SALES = "sales@example.com"
VIP = "vip@example.com"
KEY = "the-key-of-the-sender"
DELAY = timedelta(seconds=1)
SETTINGS = """
[sources.generic]
secret = "{key}"
skip_when_owned = "yes"
[sources.generic.map]
owner = "/for/whom"
[sources.form]
secret = "{key}"
skip_when_owned = "yes"
[sources.typeform]
secret = "{typeform}"
skip_when_owned = "yes"
[sources.web_to_lead]
secret = "{key}"
skip_when_owned = "yes"
[sources.web_to_lead.map]
owner = "00N000000000001"
[sources.odoo]
skip_when_owned = "yes"
[sources.zoho]
secret = "{key}"

[channels.mail]
kind = "email"
server = "127.0.0.1"
port = {port}
security = "none"
sender = "Leads <leads@example.com>"
to = ["owner", "sales@example.com"]
per_second = 100
[channels.vip]
kind = "email"
server = "127.0.0.1"
port = {port}
security = "none"
sender = "Leads <leads@example.com>"
to = ["vip@example.com"]
leads = "no"
per_second = 100

[rules.stranger]
owners = ["victim@elsewhere.example"]
channels = ["vip", "mail"]
"""


TEAM = """
[people.somebody]
email = "somebody@example.com"
"""


class Company:
    """An installation that tells of leads by mail."""

    def __init__(self, folder: Path, room: MailServerStandIn, settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        text = settings.format(port=room.port, key=KEY, typeform=SECRETS["typeform"][0])
        (folder / "leadline.toml").write_text(text)
        self.room = room
        self.installation = Installation(folder, LEADLINE_DELAY="1s")

    def post(self, source: str, body: bytes, **headers: str) -> str:
        """A delivery; the id of its lead."""
        answer = self.installation.post(body, source, **headers)
        assert answer.status == 200, answer.data
        return str(json.loads(answer.data)["lead_id"])

    def mails(self, lead_id: str, count: int = 1) -> list[tuple[list[str], str]]:
        """Whom messages about the lead went to, with their text, once there are so many."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            found = [(to, text_of(body)) for to, body in [*self.room.messages]]
            if len(about := [one for one in found if lead_id in one[1]]) >= count:
                return about
            time.sleep(0.05)
        raise AssertionError(f"no mail of {lead_id}: {self.installation.log.read_text()[-3000:]}")

    def refined(self, lead_id: str) -> dict[str, Any]:
        shown = self.installation.command("show", lead_id, "--json")
        data: dict[str, Any] = json.loads(shown.stdout)["refined"]
        return data


def text_of(body: bytes) -> str:
    part = read_email(body).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with mail_server(MailServerStandIn()) as room:
        made = Company(tmp_path_factory.mktemp("company"), room, SETTINGS)
        with made.installation:
            made.installation.start()
            yield made


def posted(company: Company, way: str) -> str:
    """A lead whose sender names the stranger as its owner."""
    who = {"name": "Mallory Doe", "email": f"{way}@example.org", "message": "Look here"}
    sender = {"x-webhook-secret": KEY}
    if way == "form":
        fields = urlencode({**who, "sales_rep": STRANGER}).encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return company.post(f"form?key={KEY}", fields, **kind)
    if way == "web_to_lead":
        fields = urlencode({**who, "last_name": "Doe", "00N000000000001": STRANGER}).encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        answer = company.installation.post(fields, f"web_to_lead?key={KEY}", **kind)
        return str(json.loads(answer.data)["lead_id"])
    if way == "typeform":
        response = json.loads(typeform_response(ADA, AT))
        response["form_response"]["hidden"] = {"owner": STRANGER}
        body = json.dumps(response).encode()
        secret = SECRETS["typeform"][0]
        return company.post("typeform", body, **signature("typeform", body, secret, AT, ""))
    if way == "mapped":
        return company.post("", json.dumps({**who, "for": {"whom": STRANGER}}).encode(), **sender)
    if way == "crm without a secret":
        return company.post("odoo", json.dumps({**who, "id": 7, "user_id": STRANGER}).encode())
    assert way == "json"
    return company.post("", json.dumps({**who, "assigned_to": STRANGER}).encode(), **sender)


@pytest.mark.parametrize(
    "way", ["form", "json", "mapped", "typeform", "web_to_lead", "crm without a secret"]
)
def test_an_owner_named_by_a_visitor_is_shown_and_decides_nothing(
    company: Company, way: str
) -> None:
    lead_id = posted(company, way)
    ((to, text),) = company.mails(lead_id)
    assert to == [SALES], "the mail goes neither to the stranger nor where rules for them say"
    assert f"Owner named by the sender: {STRANGER}" in text
    assert "Owner: Unassigned" in text
    refined = company.refined(lead_id)
    details = refined["lead_details"]
    assert details["owner_claimed"] == STRANGER
    assert [details[name] for name in ("owner", "owner_id", "owner_email")] == [None] * 3
    waited = from_iso(refined["processed_at"]) - from_iso(refined["captured_at"])
    assert waited >= DELAY, "it waits as any other"
    shown = company.installation.command("show", lead_id).stdout
    told = [line for line in shown.splitlines() if "owner named by the sender" in line]
    assert [STRANGER in line for line in told] == [True]


def test_the_owner_of_a_crm_with_a_secret_is_written_to(company: Company) -> None:
    who = {"name": "Ada Kinsella", "email": "ada@example.org", "lead_id": "5", "owner": BEN}
    lead_id = company.post(f"zoho?key={KEY}", json.dumps(who).encode())
    ((to, text),) = company.mails(lead_id)
    assert to == [BEN]
    assert "named by the sender" not in text


@pytest.mark.parametrize("people", ["", TEAM])
def test_so_is_the_owner_of_a_sender_whom_the_settings_trust(tmp_path: Path, people: str) -> None:
    trusting = people + SETTINGS.replace(
        "[sources.generic]\n", '[sources.generic]\nowner = "trusted"\n'
    )
    with mail_server(MailServerStandIn()) as room:
        company = Company(tmp_path, room, trusting)
        with company.installation:
            company.installation.start()
            lead_id = posted(company, "json")
            sent = company.mails(lead_id, 2)
            details = company.refined(lead_id)["lead_details"]
            shown = json.loads(company.installation.command("config", "show", "--json").stdout)
            checked = json.loads(company.installation.command("doctor", "--json").stdout)
    assert sorted(to for to, _ in sent) == [[STRANGER], [VIP]]
    assert (details["owner"], details["owner_claimed"]) == (STRANGER, None)
    setting = next(one for one in shown if one["name"] == "sources.generic.owner")
    assert setting["value"] == "trusted"
    assert "owners" not in [one["what"] for one in checked]


def test_doctor_names_the_senders_who_name_owners_in_vain(company: Company) -> None:
    for way in ("json", "form", "crm without a secret"):
        posted(company, way)
    company.post(f"zoho?key={KEY}", b'{"email":"b@example.org","lead_id":"8","owner":"u2"}')
    told = json.loads(company.installation.command("doctor", "--json").stdout)
    said = {one["detail"].partition(" ")[0]: one for one in told if one["what"] == "owners"}
    assert {"generic", "form", "odoo"} <= said.keys()
    assert "zoho" not in said
    assert said["generic"]["state"] == "note"
    assert 'owner = "trusted" in [sources.generic]' in said["generic"]["detail"]
    assert "no secret" in said["odoo"]["detail"]


def test_preview_says_whom_it_would_not_believe(company: Company) -> None:
    body = company.installation.folder / "lead.json"
    body.write_text(json.dumps({"email": "c@example.org", "owner": STRANGER}))
    text = company.installation.command("preview", str(body)).stdout
    assert f"Owner named by the sender: {STRANGER}" in text
    raw = json.loads(company.installation.command("preview", str(body), "--raw", "--json").stdout)
    assert raw[0]["fields"]["owner_claimed"] == STRANGER
    assert "owner" not in raw[0]["fields"]
