"""The HTTP client of CRMs: deadlines, tokens, pauses, and words that give nobody away."""

import gzip
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.errors import ConfigurationError
from leadline.net.retry_after import pause_of
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.vendors._api.authorize import Fixed, Tokens
from leadline.vendors._api.client import Client, CrmReply, quoted, words_of
from tests.standins.scripted_server import Answer, ScriptedServer, answer

KEY = {"authorization": "Bearer key-4711-secret"}
HOUR = timedelta(hours=1)


def client(server: ScriptedServer, seconds: float = 5.0) -> Client:
    return Client(server.endpoint, timedelta(seconds=seconds), Fixed(KEY))


def told(*answers: Answer, seconds: float = 5.0) -> Any:
    with ScriptedServer(*answers) as server:
        return client(server, seconds).call("GET", "/record")


def as_json(value: object) -> bytes:
    return msgspec.json.encode(value)


def test_an_answer_is_decoded_and_its_headers_are_in_lower_case() -> None:
    reply = told(answer("200 OK", b'{"id": 7}', "X-Trace: T1"))
    assert reply == CrmReply(200, {"id": 7}, reply.headers)
    assert reply.headers["x-trace"] == "T1"


@pytest.mark.parametrize("status", ["400 Bad", "403 No", "404 Gone", "409 Twice", "422 Odd"])
def test_a_refusal_about_a_record_is_a_reply(status: str) -> None:
    reply = told(answer(status, b'{"message": "no"}'))
    assert isinstance(reply, CrmReply)
    assert not reply.well


@pytest.mark.parametrize("status", ["500 Down", "502 Gate", "503 Later", "408 Slow"])
def test_trouble_of_the_server_is_unreachable(status: str) -> None:
    assert told(answer(status, b"<html>")) == Unreachable(f"crm.http_{status[:3]}")


@pytest.mark.parametrize("body", [b"{", b"<html>", b"\xff\xfe{}", b"[" * 100_000])
def test_a_good_status_over_broken_json_is_unreachable(body: bytes) -> None:
    assert told(answer(body=body)) == Unreachable("crm.broken_json")


def test_a_refusal_in_html_is_still_a_refusal() -> None:
    reply = told(answer("404 Gone", b"<html>"))
    assert (reply.status, reply.body) == (404, None)


def test_nothing_is_a_body_of_none() -> None:
    assert told(answer("204 None")).body is None


@pytest.mark.parametrize(
    ("pieces", "then"),
    [
        ([], "hang"),
        ([b"HTTP/1.1 200 OK\r\n"], "hang"),
        ([b"H"] * 60, "hang"),
        ([b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n", *[b" "] * 60], "hang"),
    ],
)
def test_no_way_of_being_slow_outlasts_the_deadline(pieces: list[bytes], then: str) -> None:
    began = time.monotonic()
    assert told(Answer(pieces, then, 0.05), seconds=0.4) == Unreachable("crm.timeout")
    assert time.monotonic() - began < 1.5


def test_an_answer_that_breaks_off_is_unreachable() -> None:
    half = Answer([b'HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"id"'], "close")
    assert isinstance(told(half), Unreachable)


def test_no_more_than_eight_mebibytes_are_read_packed_or_not() -> None:
    large = b'"' + b"x" * (8 << 20) + b'"'
    assert told(answer(body=large), seconds=300).reason == "crm.too_large"
    packed = answer("200 OK", gzip.compress(large), "content-encoding: gzip")
    assert told(packed, seconds=300).reason == "crm.too_large"


def test_a_packed_answer_is_unpacked_and_a_broken_one_is_no_refusal() -> None:
    packed = gzip.compress(b'{"id": 7}')
    assert told(answer("200 OK", packed, "content-encoding: gzip")).body == {"id": 7}
    for broken in (packed[:-4], b'{"id": 7}'):
        told_broken = told(answer("200 OK", broken, "content-encoding: gzip"))
        assert told_broken == Unreachable("crm.broken_gzip")


def test_values_of_queries_and_forms_are_written_as_json_writes_them() -> None:
    values = {"yes": True, "no": False, "none": None, "list": [1, True], "text": "a b&c"}
    with ScriptedServer(answer(body=b"{}")) as server:
        client(server).call("POST", "/x?a=1", query=values, form=values)
        request = server.requests[0]
    written = "yes=true&no=false&none=&list=1&list=true&text=a+b%26c"
    assert request.target == f"/x?a=1&{written}"
    assert request.body == written.encode()
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_redirect_takes_our_key_nowhere() -> None:
    with ScriptedServer(answer(body=b"{}")) as other:
        moved = answer("302 Found", b"", f"location: {other.endpoint}/")
        assert told(moved) == Refused("crm.redirected", "HTTP 302")
        assert other.requests == []


def test_calls_share_a_connection() -> None:
    with ScriptedServer(answer(body=b"{}")) as server:
        ours = client(server)
        for _ in range(3):
            assert isinstance(ours.call("POST", "/x", json={"a": [1]}), CrmReply)
        assert server.connections == 1
        assert server.requests[0].body == b'{"a":[1]}'
        assert server.requests[0].headers["authorization"] == KEY["authorization"]


def test_lists_in_a_query_are_repeated_and_ids_stay_one_part_of_the_path() -> None:
    with ScriptedServer(answer(body=b"{}")) as server:
        client(server).call("GET", f"/lead/{quoted('a/../b?c#d')}", query={"f": ["x", "y"]})
        assert server.requests[0].target == "/lead/a%2F..%2Fb%3Fc%23d?f=x&f=y"


@pytest.mark.parametrize("base", ["", "acme", "ftp://acme.example.com", "https://", "https://x:y"])
def test_a_base_that_is_no_url_is_a_wrong_setting(base: str) -> None:
    with pytest.raises(ConfigurationError, match="complete URL"):
        Client(base, HOUR, Fixed(KEY))


def test_a_pause_comes_in_seconds_as_a_date_or_as_a_time_since_1970() -> None:
    now = datetime.now(UTC)
    soon = now + timedelta(seconds=90)
    near = (timedelta(seconds=85), timedelta(seconds=95))
    assert pause_of({"retry-after": "7"}) == timedelta(seconds=7)
    assert near[0] < pause_of({"retry-after": format_datetime(soon, usegmt=True)}) < near[1]
    assert near[0] < pause_of({"x-ratelimit-reset": str(int(soon.timestamp()))}) < near[1]
    assert near[0] < pause_of({"x-ratelimit-reset": str(int(soon.timestamp() * 1000))}) < near[1]
    assert pause_of({"x-ratelimit-reset": "12"}) == timedelta(seconds=12)
    assert pause_of({}) == timedelta(seconds=30)


@given(st.one_of(st.text(), st.floats().map(str), st.integers().map(str)))
def test_no_pause_is_negative_or_longer_than_an_hour(said: str) -> None:
    assert timedelta() <= pause_of({"retry-after": said}) <= HOUR


def test_busy_says_how_long() -> None:
    busy = told(answer("429 Slow", b'{"message": "too many"}', "retry-after: 9"))
    assert busy == Busy(timedelta(seconds=9), "too many")


def test_words_give_neither_people_nor_secrets_nor_addresses_away() -> None:
    said = (
        "Lead 'Ada Vance' <ada@example.com>, +1 (480) 555-0123, at https://api.example.com/x?t=1 "
        'has "bad" key-4711-secret'
    )
    words = words_of(CrmReply(400, [{"message": said, "errorCode": "BAD"}]), KEY.values())
    for hidden in ("Ada", "ada@", "480", "0123", "example.com", "4711", "bad"):
        assert hidden not in words
    assert words.startswith("Lead …")
    assert len(words_of(CrmReply(400, {"message": "x" * 999}))) <= 200
    assert words_of(CrmReply(418, None)) == "HTTP 418"


def token(name: str, **more: object) -> Answer:
    return answer(body=as_json({"access_token": name, **more}))


def with_tokens(server: ScriptedServer) -> Client:
    tokens = Tokens(f"{server.endpoint}/token", {"client_secret": "hush-hush"})
    return Client(server.endpoint, timedelta(seconds=5), tokens)


def used(server: ScriptedServer) -> list[str]:
    return [one.headers.get("authorization", "token") for one in server.requests]


def test_a_token_serves_many_calls_of_many_threads() -> None:
    with ScriptedServer(token("t1", expires_in=3600), answer(body=b"{}")) as server:
        ours = with_tokens(server)
        replies: list[object] = []
        threads = [
            threading.Thread(target=lambda: replies.append(ours.call("GET", "/x")))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [type(reply) for reply in replies] == [CrmReply] * 6
        assert used(server) == ["token", *["Bearer t1"] * 6]
        assert server.requests[0].body == b"client_secret=hush-hush"


def test_a_token_that_ran_out_is_fetched_anew_once() -> None:
    gone = answer("401 No", b'{"message": "expired"}')
    with ScriptedServer(token("t1"), gone, token("t2"), answer(body=b"{}")) as server:
        assert isinstance(with_tokens(server).call("GET", "/x"), CrmReply)
        assert used(server) == ["token", "Bearer t1", "token", "Bearer t2"]
    with ScriptedServer(token("t1"), gone, token("t2"), gone) as server:
        assert with_tokens(server).call("GET", "/x") == Refused("crm.unauthorized", "expired")
        assert used(server) == ["token", "Bearer t1", "token", "Bearer t2"]


@pytest.mark.parametrize(
    "refused",
    [
        answer("400 Bad", b'{"error": "invalid_client", "error_description": "hush-hush is bad"}'),
        answer(body=b'{"error": "invalid_code"}'),
        answer(body=b'{"access_token": null}'),
    ],
)
def test_an_endpoint_that_gives_no_token_is_a_refusal_without_our_secret(refused: Answer) -> None:
    with ScriptedServer(refused) as server:
        reply = with_tokens(server).call("GET", "/x")
    assert isinstance(reply, Refused)
    assert reply.reason == "crm.unauthorized"
    assert "hush" not in reply.words


def test_an_endpoint_that_is_down_or_busy_says_so_and_is_asked_again() -> None:
    down, busy = answer("503 Down"), answer("429 Slow", b"", "retry-after: 3")
    with ScriptedServer(down, busy, token("t1"), answer(body=b"{}")) as server:
        ours = with_tokens(server)
        assert ours.call("GET", "/x") == Unreachable("crm.http_503")
        assert isinstance(ours.call("GET", "/x"), Busy)
        assert isinstance(ours.call("GET", "/x"), CrmReply)


def test_nothing_of_http_is_loaded_before_a_crm_is_made() -> None:
    code = (
        "import sys, leadline.ports.crm, leadline.vendors.registry\n"
        "from leadline.plugins import crm_kinds\n"
        "assert 'hubspot' in crm_kinds()\n"
        "assert 'http.client' not in sys.modules and 'leadline.net.client' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
