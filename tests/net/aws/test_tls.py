"""Calls to AWS over TLS: who is believed, and that it carries what plain connections carry."""

import hashlib
import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline.net import sockets
from leadline.net.aws import connection, pauses
from leadline.net.aws.amazon_roots import ROOTS
from leadline.net.aws.calls import AwsFailed, Caller
from leadline.net.aws.signing import Keys
from leadline.net.reply import HttpReply
from tests.standins.scripted_server import Answer, ScriptedServer, answer, certificate

REGION = "eu-west-1"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pauses, "_FIRST_S", 0.001)
    monkeypatch.setattr(pauses, "_LONGEST_S", 0.001)


OK = answer("200 OK", b"ok")


def caller(endpoint: str, timeout: float = 5.0) -> Caller:
    return Caller(REGION, lambda: Keys("AKIDEXAMPLE", "secret", "token"), endpoint, timeout)


def get(endpoint: str, timeout: float = 5.0) -> HttpReply:
    one = caller(endpoint, timeout)
    try:
        return one.call("s3", "GET", "/bucket/key")
    finally:
        one.close()


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """A certificate of 127.0.0.1 and of AWS's names, which this machine trusts for the moment."""
    made = certificate(tmp_path, "127.0.0.1", f"s3.{REGION}.amazonaws.com")
    monkeypatch.setenv("SSL_CERT_FILE", made[0])
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    monkeypatch.setattr(connection, "_roots_do", True)
    sockets.trust.cache_clear()
    yield made
    sockets.trust.cache_clear()


def test_calls_go_over_tls_and_connections_are_kept(trusted: tuple[str, str]) -> None:
    body = random.Random(7).randbytes(300_000)
    with ScriptedServer(answer("200 OK", body), tls=trusted) as aws:
        one = caller(aws.endpoint)
        assert one.call("s3", "PUT", "/a", body).body == body
        assert one.call("s3", "GET", "/a").body == body
        one.close()
    assert aws.connections == 1
    assert aws.requests[0].body == body


def test_half_an_answer_over_tls_is_tried_again(trusted: tuple[str, str]) -> None:
    half = Answer([b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhal"], then="close")
    with ScriptedServer(half, OK, tls=trusted) as aws:
        assert get(aws.endpoint).body == b"ok"


def test_who_can_not_prove_to_be_meant_hears_nothing(
    trusted: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "forged").mkdir()
    forged = certificate(tmp_path / "forged", "127.0.0.1")
    with ScriptedServer(OK, tls=forged) as aws, pytest.raises(AwsFailed, match="no answer"):
        get(aws.endpoint)
    assert aws.requests == []


def test_a_certificate_of_another_name_proves_nothing(
    trusted: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    other = certificate(tmp_path / "other", "leads.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", other[0])
    with ScriptedServer(OK, tls=other) as aws, pytest.raises(AwsFailed, match="no answer"):
        get(aws.endpoint)
    assert aws.requests == []


def test_tls_with_somebody_who_does_not_speak_it_fails(trusted: tuple[str, str]) -> None:
    with ScriptedServer(OK) as plain, pytest.raises(AwsFailed):
        get(plain.endpoint.replace("http:", "https:"), timeout=0.2)


def to_loopback(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Every name is looked up to this machine."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)


def test_should_the_roots_of_aws_not_do_the_store_of_the_machine_decides(
    trusted: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(OK, tls=trusted) as aws:
        to_loopback(monkeypatch, aws.port)
        one = caller("")
        assert one.call("s3", "GET", "/a").body == b"ok"
        one.close()
    assert [r.headers["host"] for r in aws.requests] == [f"s3.{REGION}.amazonaws.com"]


def test_neither_the_roots_of_aws_nor_the_store_believe_a_forgery(
    trusted: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "forged").mkdir()
    forged = certificate(tmp_path / "forged", f"s3.{REGION}.amazonaws.com")
    with ScriptedServer(OK, tls=forged) as aws:
        to_loopback(monkeypatch, aws.port)
        with pytest.raises(AwsFailed, match="no answer"):
            caller("").call("s3", "GET", "/a")
    assert aws.requests == []


@pytest.mark.filterwarnings("ignore:Parsed a serial number")  # Starfield's is 0
def test_the_roots_are_those_that_aws_publishes() -> None:
    """By the SHA-256 of their keys, as amazontrust.com/repository lists them."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    keys = [
        one.public_key().public_bytes(*form)
        for one in x509.load_pem_x509_certificates(ROOTS.encode())
    ]
    assert sorted(hashlib.sha256(key).hexdigest() for key in keys) == sorted(PUBLISHED)
    assert len(connection._roots().get_ca_certs()) == len(PUBLISHED)


PUBLISHED = {
    "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2",  # Amazon Root CA 1
    "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461",  # Amazon Root CA 2
    "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9",  # Amazon Root CA 3
    "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5",  # Amazon Root CA 4
    "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92",  # Starfield Services G2
}
