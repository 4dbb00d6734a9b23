"""A whole sales office on loopback: `leadline serve`, set as the how-tos say, and stand-ins for all
that it speaks to."""

import hashlib
import hmac
import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from standardwebhooks.webhooks import Webhook

from tests.acceptance.installation import Installation
from tests.standins.crm_api import ADA, CrmLead, CrmRequest, CrmResponse, stamp
from tests.standins.mail_server import MailServerStandIn, mail_server
from tests.standins.slack_api import TOKEN, SlackApi
from tests.standins.slack_presses import SECRET, press_body, press_payload, signed_headers
from tests.vendors.hubspot.standin import HubSpotStandIn

SALES, POOL, MANAGERS = "C0SALES", "C0POOL", "C0MANAGERS"
ADA_SLACK, BEN_SLACK = "U0ADA", "U0BEN"
HUBSPOT_SECRET, FORM_SECRET = "the-apps-client-secret", "a-word-of-our-own"
HOOK_SECRET = "whsec_" + b64encode(b"thirty-two octets of a secret, !").decode()
PATIENCE = 25.0

SETTINGS = """
delay = "2s"
look_up_every = "500ms"
public_url = "{url}"
slack_signing_secret = "{press_secret}"
unassigned_channel = "pool"

[sources.hubspot]
secret = "{hubspot_secret}"

[sources.generic]
secret = "{form_secret}"
[sources.generic.map]
record = "/id"

[crm.hubspot]
url = "{hubspot}"
token = "{token}"
per_second = 100
[crm.hubspot.write]
lead_id = "leadline_id"
owner = "hubspot_owner_id"
claimed_by = "leadline_claimed_by"

[crm.generic]
kind = "document"
url = "file://{records}/{{lead_id}}.json"

[channels.sales]
kind = "slack-bot"
token = "{bot}"
room = "C0SALES"
url = "{slack}"
per_second = 50
fallback = "mail"
fallback_after = "1s"

[channels.pool]
kind = "slack-bot"
token = "{bot}"
room = "C0POOL"
url = "{slack}"
leads = "no"
per_second = 50

[channels.managers]
kind = "slack-bot"
token = "{bot}"
room = "C0MANAGERS"
url = "{slack}"
leads = "no"
per_second = 50

[channels.mail]
kind = "email"
server = "127.0.0.1"
port = {mail}
security = "none"
sender = "Leads <leads@example.org>"
to = ["owner", "sales@example.org"]
per_second = 50

[channels.warehouse]
kind = "webhook"
url = "{hook}"
secret = "{hook_secret}"
per_second = 50

[rules.owned]
ownership = "assigned"
channels = ["sales", "warehouse"]

[people.ada]
email = "{ada}"
slack = "U0ADA"
next = "ben"

[people.ben]
email = "ben@example.org"

[hours.always]
days = "mon-sun"
open = "00:00"
close = "00:00"

[targets.hot]
min_score = 80
hours = "always"
first_response = "3s"
remind = "3500ms"
escalate = "5s"
escalate_to = "managers"
"""


def person(name: str, number: int, *, owned: bool = False) -> CrmLead:
    """Somebody whom nobody has seen before."""
    email, phone = f"{name.lower()}@example.com", f"+148055501{number:02}"
    return CrmLead(name, "Hale", email, phone, owned=owned, created=datetime.now(UTC))


class Hook:
    """Somebody who is sent our events and verifies them as the standard's own library does."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        hook, webhook = self, Webhook(HOOK_SECRET)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                hook.events.append(webhook.verify(body, dict(self.headers.items())))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Tests are quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/leads"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


class Portal(HubSpotStandIn):
    """HubSpot as its users see it: what is written to a contact changes its time, and is announced
    by a webhook, whoever wrote it."""

    def __init__(self, announce: Callable[[str, str, str], None]) -> None:
        super().__init__()
        self.announce = announce
        self.written: list[tuple[str, dict[str, str]]] = []

    def change(self, record: str, **properties: str) -> None:
        """Somebody of the team writes to a contact."""
        self._change(record.removeprefix("contact:"), properties)

    def answer(self, request: CrmRequest) -> CrmResponse:
        response = super().answer(request)
        if request.path.endswith("/contacts/batch/update") and response.status == 200:
            for one in request.json["inputs"]:
                self.written.append((f"contact:{one['id']}", one["properties"]))
                self._change(one["id"], one["properties"])
            return super().answer(request)  # with the times of change
        return response

    def _change(self, number: str, properties: dict[str, str]) -> None:
        self.contacts[number] |= {**properties, "lastmodifieddate": stamp(datetime.now(UTC))}
        for name, value in properties.items():
            # Not from within the request: HubSpot tells later, and Leadline may be waiting for it.
            threading.Thread(target=self.announce, args=(number, name, value)).start()


class RunningOffice:
    """Everything, running; `with` ends it."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self.slack = self._stack.enter_context(SlackApi())
        self.slack.users = {ADA.email: ADA_SLACK, "ben@example.org": BEN_SLACK}
        self.mail = self._stack.enter_context(mail_server(MailServerStandIn()))
        self.hook = self._stack.enter_context(Hook())
        self.portal = self._stack.enter_context(Portal(self._announce))
        self.records = folder / "records"
        self.records.mkdir(parents=True)
        self.installation = self._stack.enter_context(Installation(folder))
        del self.installation.settings["LEADLINE_DELAY"]  # the file says it
        self.toml = SETTINGS.format(
            url=self.installation.url,
            press_secret=SECRET,
            hubspot_secret=HUBSPOT_SECRET,
            form_secret=FORM_SECRET,
            hubspot=self.portal.url,
            token=self.portal.secret,
            records=self.records,
            bot=TOKEN,
            slack=self.slack.url,
            mail=self.mail.port,
            hook=self.hook.url,
            hook_secret=HOOK_SECRET,
            ada=ADA.email,
        )
        (folder / "leadline.toml").write_text(self.toml, encoding="utf-8")
        self._events = self._people = 0

    def __enter__(self) -> Self:
        self.installation.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def contact(self, name: str, *, owned: bool = False, **properties: str) -> tuple[str, str]:
        """A contact that appears in HubSpot, with its webhook of ids only; its record and lead."""
        self._people += 1
        record = self.portal.put(person(name, self._people, owned=owned))
        number = record.removeprefix("contact:")
        self.portal.contacts[number] |= properties
        return record, self._from_hubspot(number, "contact.creation")

    def form(self, **said: str) -> str:
        """Somebody fills a form in; the id of the lead."""
        body = json.dumps(said).encode()
        answer = self.installation.post(body, "generic", authorization=f"Bearer {FORM_SECRET}")
        assert answer.status == 200, answer.data
        return str(answer.json()["lead_id"])

    def document(self, number: str, **said: Any) -> None:
        """What the CRM of documents has of a record, from now on."""
        new = self.records / f"{number}.new"
        new.write_text(json.dumps(said), encoding="utf-8")
        new.replace(self.records / f"{number}.json")

    def press(self, action: str, lead_id: str, user: str, posted: dict[str, Any]) -> int:
        """Press a button of a message; the status of the answer."""
        place = {"channel": {"id": posted["channel"], "name": "x"}, "response_url": ""}
        payload = press_payload(action, lead_id, user, "somebody", **place)
        payload["container"] |= {"message_ts": posted["ts"], "channel_id": posted["channel"]}
        body = press_body(payload)
        answer = self.installation.http.request(
            "POST",
            self.installation.url + "/slack/actions",
            body=body,
            headers=signed_headers(body, datetime.now(UTC)),
        )
        return answer.status

    def told(self, room: str, lead_id: str, *templates: str) -> list[dict[str, Any]]:
        """The messages of a room about a lead, as they stand now; of these templates, if any."""
        found = []
        for message in list(self.slack.messages):
            payload = message["metadata"]["event_payload"]
            named = payload["template"].partition("/")[0]
            if message["channel"] == room and payload.get("lead_id") == lead_id:
                found += [message] if not templates or named in templates else []
        return found

    def mails(self, lead_id: str) -> list[tuple[list[str], str]]:
        """The recipients and the text of each mail about a lead."""
        found = []
        for recipients, octets in list(self.mail.messages):
            part = message_from_bytes(octets, policy=default).get_body(("plain",))
            text = "" if part is None else str(part.get_content())
            found += [(recipients, text)] if lead_id in text else []
        return found

    def events(self, lead_id: str) -> list[str]:
        """What the warehouse was told of a lead."""
        return [e["type"].rpartition(".")[2] for e in self.hook.events if e["subject"] == lead_id]

    def story(self, lead_id: str) -> Any:
        """What `leadline show` says."""
        return self.said("show", lead_id)

    def timeline(self, lead_id: str) -> list[str]:
        return [line["what"] for line in self.story(lead_id)["timeline"]]

    def said(self, *words: str, code: int = 0) -> Any:
        """What a command says as JSON."""
        done = self.installation.command(*words, "--json")
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)

    def wait(self, what: str, until: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """What *until* says once it says something; fails with what Leadline logged."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := until():
                return found
            time.sleep(0.05)
        log = self.installation.log.read_text()[-4000:]
        raise AssertionError(f"in vain: {what}\n{log}")

    def _announce(self, number: str, name: str, value: str) -> None:
        self._from_hubspot(number, "contact.propertyChange", propertyName=name, propertyValue=value)

    def _from_hubspot(self, number: str, sort: str, **more: str) -> str:
        """One webhook of an app, signed as HubSpot's docs say ("Validating requests")."""
        self._events += 1
        event = {
            "eventId": self._events, "subscriptionId": 7, "portalId": 33, "appId": 5,
            "occurredAt": int(time.time() * 1000), "subscriptionType": sort, "attemptNumber": 0,
            "objectId": int(number), "changeSource": "CRM", **more,
        }  # fmt: skip
        body = json.dumps([event]).encode()
        at = str(int(time.time() * 1000))
        signed = f"POST{self.installation.url}/webhook/hubspot".encode() + body + at.encode()
        mac = hmac.new(HUBSPOT_SECRET.encode(), signed, hashlib.sha256).digest()
        answer = self.installation.post(
            body,
            "hubspot",
            **{
                "x-hubspot-signature-v3": b64encode(mac).decode(),
                "x-hubspot-request-timestamp": at,
            },
        )
        assert answer.status == 200, answer.data
        told = answer.json()
        return str(told.get("lead_id", ""))
