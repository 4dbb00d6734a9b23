"""Apprise: what a service gets through it, and what becomes of what it says."""

import json
import subprocess
import sys
import threading
import time

import msgspec
import pytest

from leadline.channels.apprise.plain import PlainText, PlainWriter
from leadline.channels.apprise.send import AppriseMessenger
from leadline.model.errors import ConfigurationError
from leadline.ports.channel import Notice
from leadline.ports.messenger import Sent, Unreachable
from tests.channels.leads import CAPTURED, lead
from tests.standins.scripted_server import Answer, ScriptedServer, answer

MESSAGE = PlainWriter().alert(Notice(lead=lead(name="*Ada* <b>\\n"), now=CAPTURED)).body


def url(server: ScriptedServer) -> str:
    return server.endpoint.replace("http:", "json:") + "/s3cretPath"


def test_the_service_gets_title_and_text_as_they_are() -> None:
    with ScriptedServer(answer("200 OK", b"ok", then="close")) as server:
        assert AppriseMessenger(url(server)).send(MESSAGE) == Sent()
    (request,) = server.requests
    told = json.loads(request.body)
    assert told["title"] == "New lead: *Ada* <b>\\n, Byron & Sons"
    assert "Name: *Ada* <b>\\n\nCompany: Byron & Sons" in told["message"].replace("\r", "")


def test_a_service_that_takes_only_html_gets_text_whose_lines_can_be_broken() -> None:
    with ScriptedServer(answer("200 OK", b"ok", then="close")) as server:
        assert AppriseMessenger(url(server) + "?format=html").send(MESSAGE) == Sent()
    (request,) = server.requests
    told = json.loads(request.body)
    assert told["title"] == "New lead: *Ada* <b>\\n, Byron & Sons"
    assert "&nbsp;" not in told["message"]
    shown = told["message"].replace("\r", "").replace("\n", "")
    assert "Name: *Ada* &lt;b&gt;\\n<br/>Company: Byron &amp; Sons<br/>" in shown


def test_a_service_that_takes_only_html_keeps_the_width_of_several_spaces() -> None:
    wide = msgspec.json.encode(PlainText("New lead", "a   b\n  c"))
    with ScriptedServer(answer("200 OK", b"ok", then="close")) as server:
        assert AppriseMessenger(url(server) + "?format=html").send(wide) == Sent()
    (request,) = server.requests
    assert json.loads(request.body)["message"] == "a&nbsp;&nbsp; b<br/>\n&nbsp; c"


def test_a_service_that_does_not_take_it_may_take_it_later() -> None:
    with ScriptedServer(answer("403 Forbidden", b"s3cretPath", then="close")) as server:
        assert AppriseMessenger(url(server)).send(MESSAGE) == Unreachable("apprise.not_taken")


def test_a_call_that_is_late_is_left_behind_and_no_second_one_made_beside_it() -> None:
    with ScriptedServer(Answer([], "hang"), answer("200 OK", b"ok", then="close")) as server:
        messenger = AppriseMessenger(url(server), 0.3)
        began = time.monotonic()
        assert messenger.send(MESSAGE) == Unreachable("apprise.DeadlineExceeded")
        assert time.monotonic() - began < 2
        assert messenger.send(MESSAGE) == Unreachable("apprise.still_busy")
        assert len(server.requests) == 1
    for thread in threading.enumerate():
        if thread is messenger._late:
            thread.join(10)


@pytest.mark.parametrize("wrong", ["nothing://s3cret", "json://", "s3cret"])
def test_a_url_that_apprise_does_not_know_is_a_wrong_setting(
    wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ConfigurationError, match=r"^channels.any.url must be a URL that") as caught:
        AppriseMessenger(wrong, setting="channels.any")
    assert "s3cret" not in caught.value.detail + caplog.text


_WITHOUT = """
import sys
sys.modules["apprise"] = None
from leadline.channels.apprise.send import AppriseMessenger
from leadline.model.errors import ConfigurationError
try:
    AppriseMessenger("json://127.0.0.1", setting="channels.any")
except ConfigurationError as error:
    print(error.detail)
"""


def test_without_the_extra_it_says_how_to_get_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT], capture_output=True, text=True, timeout=60, check=True
    )
    assert "pip install apprise" in done.stdout
