"""A real mail server (aiosmtpd) on loopback that does to each message what a test says."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from leadline.channels.email.smtp import MailServer
from tests.standins.ports import free_port

Taken = Callable[["MailServerStandIn", SMTP], Awaitable[str]]
"""What becomes of a message that came whole: the server's answer."""

USER, PASSWORD = "leads", "pa55-w0rd-of-the-mailer"


class MailServerStandIn:
    """The server's handler; `messages` are (recipients, octets) that were taken."""

    def __init__(self, taken: Taken | None = None) -> None:
        self.messages: list[tuple[list[str], bytes]] = []
        self.attempts = 0
        self.sender_answer = "250 OK"
        self.refuses: dict[str, str] = {}
        self.secure: list[bool] = []
        self.logins: list[str | None] = []
        self.greeted: list[str] = []
        self._taken = taken
        self.port = 0

    def server(self, **changes: Any) -> MailServer:
        """How to reach it."""
        settings = {"host": "127.0.0.1", "port": self.port, "security": "none", **changes}
        return MailServer(**settings)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        assert server.transport is not None
        self.secure.append(server.transport.get_extra_info("sslcontext") is not None)
        self.greeted.append(session.host_name or "")
        self.logins.append(session.auth_data.login.decode() if session.auth_data else None)
        envelope.mail_from = address
        return self.sender_answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.attempts += 1
        answer = "250 OK" if self._taken is None else await self._taken(self, server)
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.messages.append(([*envelope.rcpt_tos], envelope.content))
        return answer


def says(answer: str) -> Taken:
    async def taken(room: MailServerStandIn, server: SMTP) -> str:
        return answer

    return taken


async def hangs_up(room: MailServerStandIn, server: SMTP) -> str:
    """After the message has come whole, the connection is gone."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()
    return "250 nobody hears this"


async def says_nothing(room: MailServerStandIn, server: SMTP) -> str:
    await asyncio.sleep(30)
    return "250 too late"


@contextmanager
def mail_server(
    room: MailServerStandIn, *, tls: tuple[str, str] | None = None, **more: Any
) -> Iterator[MailServerStandIn]:
    """Runs it; *tls*, a certificate and its key, offers STARTTLS, or with `implicit=True` speaks
    TLS from the start."""
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
    implicit = more.pop("implicit", False)
    key = "ssl_context" if implicit else "tls_context"
    if context is not None:
        more[key] = context
    controller = _SilentHandler(room, hostname="127.0.0.1", port=free_port(), **more)
    controller.start()
    room.port = controller.port
    try:
        yield room
    finally:
        controller.stop()


def knows_us(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> Any:
    """An authenticator."""
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=known, handled=False, auth_data=data)


class _SilentHandler(Controller):
    """A controller that is up once it listens: it need not be spoken to first."""

    def _trigger_server(self) -> None:
        with socket.create_connection((self.hostname, self.port), 5):
            pass


class DrippingServer:
    """No mail server at all: one that lets its words drip, a byte now and then, for ever."""

    def __init__(self, first: bytes, drop: bytes, gap: float = 0.02) -> None:
        self._over = threading.Event()
        self._words = first, drop, gap
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        first, drop, gap = self._words
        connection, _ = self._listener.accept()
        with connection:
            try:
                connection.sendall(first)
                while not self._over.wait(gap):
                    connection.sendall(drop)
            except OSError:
                return  # the client hung up, as it should

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)
        self._listener.close()
        assert not self._thread.is_alive()
