"""Mail by SES: against moto's, and against answers in the shapes of its API reference."""

import base64
import json
from collections.abc import Iterator
from email import message_from_bytes

import pytest
import urllib3
from moto.ses.models import ses_backends

from leadline.channels.email.message import EmailWriter
from leadline.channels.email.ses import SesMessenger, keys_in
from leadline.model.errors import ConfigurationError
from leadline.model.task import Alert
from leadline.net.aws.signing import Keys
from leadline.ports.channel import NO_OWNER, Notice
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from tests.channels.leads import CAPTURED, lead
from tests.standins.scripted_server import ScriptedServer, answer

REGION = "eu-west-1"
KEYS = Keys("AKIAEXAMPLE", "secret-of-the-mailer", "session-token-of-it")
NOTICE = Notice(lead=lead(), now=CAPTURED)
WRITER = EmailWriter("mail", "Leads <leads@example.com>", ["sales@example.com", "boss@example.com"])
MESSAGE = WRITER.alert(NOTICE).body


@pytest.fixture
def verified(moto: str) -> Iterator[str]:
    """moto's SES, which takes mail of a sender that it knows."""
    pool = urllib3.PoolManager()
    answered = pool.request(
        "POST",
        f"{moto}/v2/email/identities",
        json={"EmailIdentity": "leads@example.com"},
        headers={
            "authorization": f"AWS4-HMAC-SHA256 Credential=test/20260302/{REGION}/ses/aws4_request"
        },
    )
    assert answered.status == 200, answered.data
    yield moto
    pool.clear()


def messenger(endpoint: str, region: str = REGION) -> SesMessenger:
    return SesMessenger(region, lambda: KEYS, endpoint)


def said(status: str, code: str = "", message: str = "") -> object:
    headers = [f"x-amzn-errortype: {code}:http://internal.amazon.com/coral/"] if code else []
    body = json.dumps({"message": message}).encode()
    with ScriptedServer(answer(status, body, *headers, then="close")) as server:
        return messenger(server.endpoint).send(MESSAGE)


def test_ses_takes_the_very_message(verified: str) -> None:
    sent = messenger(verified).send(MESSAGE)
    assert isinstance(sent, Sent)
    assert sent.ref.startswith("<")
    assert sent.ref.endswith("@eu-west-1.amazonses.com>")
    kept = ses_backends["123456789012"][REGION].sent_messages  # moto runs in this process
    (mail,) = [m for m in kept if f"<{m.id}@" in sent.ref]
    assert message_from_bytes(mail.raw_data.encode())["Subject"] == (
        "New lead: Ada Lovelace, Byron & Sons"
    )


def test_the_request_is_that_of_the_api_reference() -> None:
    with ScriptedServer(answer("200 OK", b'{"MessageId":"0102"}', then="close")) as server:
        assert messenger(server.endpoint).send(MESSAGE) == Sent("<0102@eu-west-1.amazonses.com>")
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/v2/email/outbound-emails")
    assert "/eu-west-1/ses/aws4_request" in request.headers["authorization"]
    assert request.headers["x-amz-security-token"] == KEYS.token
    asked = json.loads(request.body)
    assert asked["FromEmailAddress"] == '"Leads" <leads@example.com>'
    assert asked["Destination"] == {"ToAddresses": ["sales@example.com", "boss@example.com"]}
    assert base64.b64decode(asked["Content"]["Raw"]["Data"]) == MESSAGE


def test_the_first_region_has_a_domain_of_its_own() -> None:
    with ScriptedServer(answer("200 OK", b'{"MessageId":"0102"}', then="close")) as server:
        sent = messenger(server.endpoint, "us-east-1").send(MESSAGE)
    assert sent == Sent("<0102@email.amazonses.com>")


def test_later_messages_answer_by_the_id_that_ses_gave() -> None:
    alert = Alert(
        NOTICE.lead.lead_id, "mail", CAPTURED, "new_lead/1", ref="<0102@email.amazonses.com>"
    )
    late = message_from_bytes(WRITER.reminder(NOTICE, alert).body)
    assert late["In-Reply-To"] == "<0102@email.amazonses.com>"


def test_one_call_is_one_try() -> None:
    with ScriptedServer(answer("500 Oops", then="close")) as server:
        assert messenger(server.endpoint).send(MESSAGE) == Unreachable("ses.http_500")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "code", "message", "reply"),
    [
        ("400 Bad Request", "MessageRejected", "Email address is not verified.",
         Refused("ses.MessageRejected", "Email address is not verified.")),
        ("400 Bad Request", "MailFromDomainNotVerifiedException", "no",
         Refused("ses.MailFromDomainNotVerifiedException", "no")),
        ("403 Forbidden", "AccessDeniedException", "User is not authorized",
         Refused("ses.AccessDeniedException", "User is not authorized")),
        ("403 Forbidden", "ExpiredTokenException", "old", Unreachable("ses.ExpiredTokenException")),
        ("400 Bad Request", "SendingPausedException", "paused",
         Unreachable("ses.SendingPausedException")),
        ("404 Not Found", "", "nothing here", Refused("ses.http_404", "nothing here")),
    ],
)  # fmt: skip
def test_what_ses_says_is_told_apart(status: str, code: str, message: str, reply: object) -> None:
    assert said(status, code, message) == reply


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("429 Too Many Requests", "TooManyRequestsException"),
        ("400 Bad Request", "LimitExceededException"),
    ],
)
def test_a_rate_or_a_quota_makes_a_pause(status: str, code: str) -> None:
    told = said(status, code, "Daily message quota exceeded.")
    assert isinstance(told, Busy)
    assert told.words == f"{code} Daily message quota exceeded."


def test_mail_for_nobody_is_refused_without_a_call() -> None:
    writer = EmailWriter("mail", "leads@example.com", ["owner"])
    message = writer.alert(Notice(lead=lead(owner=None), now=CAPTURED)).body
    reply = messenger("http://127.0.0.1:9").send(message)
    assert isinstance(reply, Refused)
    assert reply.reason == NO_OWNER


@pytest.mark.parametrize("region", ["", "Frankfurt", "eu-west-1.evil.example/"])
def test_what_is_no_region_is_a_wrong_setting(region: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^channels.mail.region must be"):
        SesMessenger(region, lambda: KEYS, setting="channels.mail")


def test_credentials_are_those_of_the_environment() -> None:
    environ = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c"}
    assert keys_in(environ) == Keys("a", "b", "c")
    with pytest.raises(ConfigurationError, match="AWS_ACCESS_KEY_ID"):
        keys_in({"AWS_ACCESS_KEY_ID": "a"})
