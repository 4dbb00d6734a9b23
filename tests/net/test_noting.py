"""What is noted of requests: what was sent and answered, and no secret."""

import base64
from datetime import timedelta

import msgspec
import pytest

from leadline.model.monitoring.attempts import MOST_ANSWER, MOST_SENT, Exchange
from leadline.net.client import NoReply
from leadline.net.noting import note_message, note_request
from leadline.net.reply import HttpReply
from leadline.ports.store_parts.exchanges import gathering, listening
from leadline.settings.connected.crm_kinds import OdooConfig
from leadline.vendors.odoo.api import OdooCrm
from tests.standins.scripted_server import ScriptedServer, answer

URL = "https://crm.example.com/v1/leads/17?key=abcdefgh"
FINE = HttpReply(200, {}, b"{}")


def noted(
    body: bytes, reply: HttpReply | NoReply = FINE, *secrets: str, shows_path: bool = True
) -> Exchange:
    """What is noted of one request."""
    with gathering() as found, listening():
        note_request("POST", URL, body, reply, secrets, shows_path=shows_path)
    (one,) = found
    return one


def test_the_request_is_kept_with_host_and_path_but_not_its_query() -> None:
    one = noted(b'{"name":"Ada"}')
    assert (one.to, one.sent) == ("https://crm.example.com/v1/leads/17?…", '{"name":"Ada"}')
    assert noted(b"", shows_path=False).to == "https://crm.example.com/…"


@pytest.mark.parametrize(
    "form", ["s3cret/key+1", "s3cret%2Fkey%2B1", base64.b64encode(b"s3cret/key+1").decode()]
)
def test_a_secret_is_not_kept_however_it_is_written(form: str) -> None:
    one = noted(f"x {form} y".encode(), HttpReply(200, {}, form.encode()), "Bearer s3cret/key+1")
    assert (one.sent, one.answer) == ("x … y", "…")


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b'{"api_key": "abc", "name": "Ada"}', '{"api_key": "…", "name": "Ada"}'),
        (b'{"access_token":"a\\"b"}', '{"access_token":"…"}'),
        (b"client_secret=abc&name=Ada", "client_secret=…&name=Ada"),
    ],
)
def test_what_a_name_says_is_a_secret_is_not_kept(body: bytes, kept: str) -> None:
    assert noted(body).sent == kept


def test_long_texts_are_cut_and_say_so() -> None:
    one = noted(b"a" * (MOST_SENT + 1), HttpReply(200, {}, b"b" * (MOST_ANSWER + 1)))
    assert (len(one.sent), len(one.answer), one.cut) == (MOST_SENT, MOST_ANSWER, True)
    assert not noted(b"a" * MOST_SENT).cut


def test_without_an_answer_the_reason_is_kept() -> None:
    one = noted(b"a", NoReply("timeout"))
    assert (one.code, one.failure, one.is_refused) == (None, "timeout", True)


def test_nothing_is_noted_where_nobody_listens_or_gathers() -> None:
    with gathering() as found:
        note_message("SMTP", "smtp://mail.example.com:25", b"outside")
        with listening():
            note_message("SMTP", "smtp://mail.example.com:25", b"inside", code=250)
    assert [one.sent for one in found] == ["inside"]
    with gathering(wanted=False) as found, listening():
        note_message("SMTP", "smtp://mail.example.com:25", b"unwanted", code=250)
    assert not found


def test_of_reading_only_what_failed_is_noted() -> None:
    with gathering() as found, listening(to_refusals=True):
        note_request("GET", URL, None, FINE, shows_path=True)
        note_request("GET", URL, None, HttpReply(503, {}, b""), shows_path=True)
    assert [one.code for one in found] == [503]


def test_a_password_in_the_body_of_a_crm_is_not_kept() -> None:
    body = msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "result": 7})
    with ScriptedServer(answer(body=body)) as server:
        config = OdooConfig(
            url=server.endpoint, database="sales", user="ann", token="an-api-key-of-odoo",
            timeout=timedelta(seconds=5),
        )  # fmt: skip
        with gathering() as found, listening():
            OdooCrm(config).users()
        assert b"an-api-key-of-odoo" in server.requests[0].body
    assert found
    assert "an-api-key-of-odoo" not in msgspec.json.encode(found).decode()
