"""A server on loopback that answers, byte for byte, what a test wrote down, over TCP or TLS."""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple, Self


class Request(NamedTuple):
    """What came; `connection` counts from 0."""

    connection: int
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """Pieces that are sent each by itself, *gap* seconds apart; what follows is "keep", "close" or
    "hang" (stay silent until the test is over)."""

    pieces: Sequence[bytes]
    then: str = "keep"
    gap: float = 0.0


def answer(status: str = "200 OK", body: bytes = b"", *headers: str, then: str = "keep") -> Answer:
    """An ordinary answer."""
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers, "", ""]
    return Answer(["\r\n".join(lines).encode() + body], then)


class ScriptedServer:
    """Gives the answers in their order, whichever connections ask; the last one again and again."""

    def __init__(self, *answers: Answer, tls: tuple[str, str] | None = None) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.connections = 0
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._tls: ssl.SSLContext | None = None
        if tls is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*tls)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.endpoint = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            number, self.connections = self.connections, self.connections + 1
            thread = threading.Thread(target=self._serve, args=(plain, number))
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket, number: int) -> None:
        with plain, suppress(OSError):
            plain.settimeout(0.05)  # so that the end of the test is noticed
            if self._tls is None:
                self._talk(plain, number)
                return
            plain.settimeout(5)
            with self._tls.wrap_socket(plain, server_side=True) as secure:
                secure.settimeout(0.05)
                self._talk(secure, number)

    def _talk(self, client: socket.socket, number: int) -> None:
        while (request := self._request(client, number)) is not None:
            with self._lock:
                self.requests.append(request)
                told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            for piece in told.pieces:
                client.sendall(piece)
                if told.gap and self._over.wait(told.gap):
                    return
            if told.then == "hang":
                self._over.wait()
            if told.then != "keep":
                return

    def _request(self, client: socket.socket, number: int) -> Request | None:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := self._receive(client)):
                return None
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            if not (more := self._receive(client)):
                return None
            body += more
        method, target, _ = first.split(" ")
        return Request(number, method, target, headers, body)

    def _receive(self, client: socket.socket) -> bytes:
        while not self._over.is_set():
            with suppress(TimeoutError):
                return client.recv(65536)
        return b""


@contextmanager
def unreachable() -> Iterator[str]:
    """An endpoint where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def certificate(folder: Path, *names: str) -> tuple[str, str]:
    """A certificate that vouches for itself, of these names or addresses, and its key: two files.

    It needs `cryptography`, which moto brings along.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_general(n) for n in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(files[0]), str(files[1])


def _general(name: str):  # type: ignore[no-untyped-def]
    from cryptography import x509

    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
