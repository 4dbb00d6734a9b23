"""The HTTP door, over real sockets."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import urllib3

from leadline.journey.receiving.capture import CaptureKit
from leadline.ports.source import Source
from leadline.settings.connected.sources import SourceConfig
from leadline.vendors.form.webhook import Form
from leadline.vendors.generic.webhook import Generic
from leadline.vendors.web_to_lead.webhook import WebToLead
from tests.worlds.http_app import RunningApp


@pytest.fixture
def starting() -> Iterator[RunningApp]:
    running = RunningApp()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def server(starting: RunningApp) -> RunningApp:
    starting.open()
    return starting


def problem(answer: urllib3.BaseHTTPResponse) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = json.loads(answer.data)
    assert body["status"] == answer.status
    return body


def test_while_starting_the_answer_is_503_and_never_404(starting: RunningApp) -> None:
    answer = starting.post(b"{}")
    assert answer.status == 503
    assert answer.headers["retry-after"] == "1"
    assert starting.get("/readyz").status == 503
    assert starting.get("/metrics").status == 503
    assert starting.get("/livez").status == 200


def test_a_lead_is_answered_with_the_promised_json(server: RunningApp) -> None:
    answer = server.post(b'{"name":"Ada"}')
    assert answer.status == 200
    (kept,) = server.slow_inbox.kept
    assert json.loads(answer.data) == {
        "message": "Lead captured successfully",
        "lead_id": kept.id,
    }
    assert kept.raw == b'{"name":"Ada"}'


def test_no_answer_before_the_inbox_has_the_lead(server: RunningApp) -> None:
    server.slow_inbox.open.clear()
    answers: list[int] = []
    sender = threading.Thread(target=lambda: answers.append(server.post(b"1").status))
    sender.start()
    time.sleep(0.2)
    assert answers == []
    server.slow_inbox.open.set()
    sender.join()
    assert answers == [200]


def test_the_source_sees_the_url_as_the_outside_calls_it(server: RunningApp) -> None:
    server.post(b"1", "/webhook/generic?tenant=a%40b&x=%20")
    assert server.source.seen.url == (
        "https://leads.example.com/webhook/generic?tenant=a%40b&x=%20"
    )


def test_an_unknown_source_is_404_with_the_names_that_exist(server: RunningApp) -> None:
    answer = server.post(b"{}", "/webhook/hubspt")
    assert answer.status == 404
    assert "generic" in str(problem(answer)["detail"])


def test_a_handshake_is_answered_and_any_other_get_is_405(server: RunningApp) -> None:
    assert server.get("/webhook/generic?challenge=1").data == b"hello"
    refused = server.get("/webhook/generic")
    assert (refused.status, refused.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_413_however_it_comes(server: RunningApp, chunked: bool) -> None:
    url = f"http://127.0.0.1:{server.port}/webhook"
    body = b"x" * 10_001
    answer = server.http.request(
        "POST", url, body=iter([body[:5000], body[5000:]]) if chunked else body, chunked=chunked
    )
    assert answer.status == 413
    assert server.slow_inbox.kept == []


def test_a_body_at_the_limit_passes(server: RunningApp) -> None:
    assert server.post(b'"' + b"x" * 9_998 + b'"').status == 200


def test_a_bug_of_ours_says_nothing_of_our_insides(server: RunningApp) -> None:
    answer = server.post(b'"boom"')
    assert answer.status == 500
    assert b"secret" not in answer.data
    assert b"RuntimeError" not in answer.data


def test_a_full_disk_is_503_and_ends_when_there_is_room(server: RunningApp) -> None:
    server.slow_inbox.full = True
    answer = server.post(b"1")
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    server.slow_inbox.full = False
    assert server.post(b"1").status == 200


def test_a_refused_capture_is_an_error_in_the_log(
    server: RunningApp, caplog: pytest.LogCaptureFixture
) -> None:
    server.slow_inbox.full = True
    for _ in range(3):
        assert server.post(b"1").status == 503
    told = [record for record in caplog.records if record.getMessage() == "capture.refused"]
    assert [(record.levelname, vars(record)["error"]) for record in told] == [
        ("ERROR", "StorageFull")
    ]


def test_more_than_fits_is_429_and_what_was_taken_is_kept(server: RunningApp) -> None:
    server.slow_inbox.open.clear()
    statuses: list[int] = []
    senders = [
        threading.Thread(target=lambda: statuses.append(server.post(b"1").status))
        for _ in range(12)
    ]
    for sender in senders:
        sender.start()
    time.sleep(0.5)
    assert set(statuses) == {429}
    server.slow_inbox.open.set()
    for sender in senders:
        sender.join()
    assert statuses.count(200) == len(server.slow_inbox.kept) >= 4


def test_one_delivery_that_cannot_be_stored_harms_no_other(server: RunningApp) -> None:
    server.slow_inbox.open.clear()
    answers: dict[bytes, int] = {}

    def send(body: bytes) -> None:
        answers[body] = server.post(body).status

    senders = [threading.Thread(target=send, args=(b,)) for b in (b"1", b'"poison"', b"2")]
    for sender in senders:
        sender.start()
    time.sleep(0.3)
    server.slow_inbox.open.set()
    for sender in senders:
        sender.join()
    assert answers == {b"1": 200, b'"poison"': 503, b"2": 200}


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /webhook HTTP/1.1\r\nhost: x\r\n",
        b"POST /webhook HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{",
    ],
    ids=["silence", "half a head", "half a body"],
)
def test_a_request_that_never_ends_is_hung_up_on(server: RunningApp, sent: bytes) -> None:
    assert b" 408 " in server.raw(sent)
    assert server.slow_inbox.kept == []


def test_a_sender_that_drips_is_hung_up_on(server: RunningApp) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(b"POST /webhook HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n")
        began = time.monotonic()
        connection.settimeout(0.2)
        while time.monotonic() - began < 5:
            try:
                connection.sendall(b"1")
                if not connection.recv(1000):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert time.monotonic() - began < 4


def test_garbage_is_answered_400(server: RunningApp) -> None:
    assert b"400" in server.raw(b"\x16\x03\x01 nonsense\r\n\r\n").split(b"\r\n")[0]


def test_a_compressed_body_is_415(server: RunningApp) -> None:
    assert server.post(b"1", **{"content-encoding": "gzip"}).status == 415


def test_pages_are_read_only(server: RunningApp) -> None:
    assert server.get("/metrics").data == b"x 1\n"
    assert server.post(b"", "/metrics").status == 405
    assert server.get("/nothing").status == 404


@pytest.mark.parametrize("path", ["/webhook/form", "/webhook/web_to_lead", "/webhook"])
@pytest.mark.parametrize("label", ["idna", "punycode", "unicode_escape", "undefined", "utf_7"])
@pytest.mark.parametrize("name", [b"Zo%EB", b"Zoe"])
def test_a_form_that_names_no_charset_of_the_web_is_taken(
    starting: RunningApp, path: str, label: str, name: bytes
) -> None:
    sources: dict[str, Source] = {s.name: s() for s in (Form, Generic, WebToLead)}
    starting.kit = CaptureKit(sources, timedelta(minutes=10))
    starting.open()
    body = b"email=zoe@example.com&last_name=%s&_charset_=%s" % (name, label.encode())
    answer = starting.post(body, path, **{"content-type": "application/x-www-form-urlencoded"})
    assert answer.status == 200
    assert answer.json()["lead_id"] == starting.slow_inbox.kept[0].id
    assert starting.slow_inbox.kept[0].why == "charset.unknown"


SITES = SourceConfig(sites=("https://www.example.com:443",))
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def website(starting: RunningApp) -> RunningApp:
    sources = {"form": Form(SITES), "web_to_lead": WebToLead(SITES)}
    starting.kit = CaptureKit(sources, timedelta(minutes=10))
    starting.open()
    return starting


def test_a_browsers_post_is_answered_by_a_redirect_once_the_lead_is_kept(
    website: RunningApp,
) -> None:
    target = "https://www.example.com/thanks"
    body = f"email=ada%40example.com&retURL={target}".encode()
    answer = website.http.request(
        "POST", f"http://127.0.0.1:{website.port}/webhook/web_to_lead", body=body,
        headers={**FORM, "accept": "text/html,*/*;q=0.8"}, redirect=False,
    )  # fmt: skip
    assert (answer.status, answer.headers["location"], answer.data) == (303, target, b"")
    assert len(website.slow_inbox.kept) == 1


def test_a_browser_that_is_refused_reads_a_page(website: RunningApp) -> None:
    headers = {**FORM, "accept": "text/html", "origin": "https://www.example.com"}
    answer = website.post(b"a=" + b"b" * 20_000, "/webhook/form", **headers)
    assert (answer.status, answer.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert answer.headers["access-control-allow-origin"] == "https://www.example.com"
    assert answer.headers["connection"] == "close"


def test_a_script_asks_whether_it_may_post(website: RunningApp) -> None:
    url = f"http://127.0.0.1:{website.port}/webhook/form"
    headers = {"origin": "https://www.example.com", "access-control-request-method": "POST"}
    answer = website.http.request("OPTIONS", url, headers=headers)
    assert (answer.status, answer.headers["access-control-allow-methods"]) == (204, "POST")
    assert website.http.request("OPTIONS", url).status == 405
