"""E-mail by SMTP (RFC 5321), over TLS from the start (8314) or after STARTTLS (3207)."""

import logging
import smtplib
import socket
import ssl
from contextlib import suppress
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parseaddr

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.texts.patterns import late
from leadline.net.deadline import is_over, within
from leadline.net.noting import note_message
from leadline.net.redaction import DEFAULT_HOLD, shortened
from leadline.net.sockets import open_connection, trust
from leadline.ports.channel import NO_OWNER
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable

log = logging.getLogger(__name__)

# "454 Throttling failure: Maximum sending rate exceeded" (SES), "432 4.3.2 Concurrent connections
# limit exceeded" (Exchange), "450 4.2.1 … receiving mail too quickly" (Gmail).
_PACED = late(r"(?i)throttl|too quickly|too fast|\brate\b|connections? limit|too many conn")

Reply = tuple[int, bytes]
_ACCEPTED = 250


class MailServer(msgspec.Struct, frozen=True):
    """The mail server to send by; `security` is "starttls", "tls" or "none" (for a server on this
    machine, or behind a tunnel)."""

    host: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """The server without user and password."""
        return f"MailServer({self.host!r}, {self.port}, {self.security!r})"


class SmtpMessenger:
    """Sends messages by one mail server, each over its own connection.

    *timeout* in seconds bounds the whole call, however slowly the server answers; only the look-up
    of its name takes as long as the system's resolver does.
    Raises ConfigurationError, which begins with the *setting*, if a password would be sent to
    another machine unencrypted.
    """

    def __init__(
        self, server: MailServer, timeout: float = 10.0, *, setting: str = "channels"
    ) -> None:
        if server.security == "none" and server.user and not _is_here(server.host):
            raise ConfigurationError(
                f"{setting}.security must be starttls or tls if a user is set, unless the mail "
                "server runs on this machine"
            )
        self._server = server
        self._timeout = timeout

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.messenger.Messenger.send`; the recipients are those of To."""
        read = message_from_bytes(message)
        to = [address for _, address in getaddresses(read.get_all("To", [])) if address]
        if not to:
            return Refused(NO_OWNER, "no e-mail address is known for this message")
        with within(self._timeout):
            try:
                reply: Sent | Refused | Busy | Unreachable = self._hand_in(read, message, to)
            except (smtplib.SMTPException, OSError) as error:
                # smtplib reports a passed deadline as a server that has hung up.
                late = is_over()
                reply = Unreachable("smtp.DeadlineExceeded") if late else _trouble(error)
        self._note(message, reply)
        return reply

    def _note(self, message: bytes, reply: Sent | Refused | Busy | Unreachable) -> None:
        """Note the message and what the server answered."""
        where = f"smtp://{self._server.host}:{self._server.port}"
        if isinstance(reply, Sent):
            note_message("SMTP", where, message, code=_ACCEPTED)
            return
        digits, _, _ = reply.words.partition(" ")
        code = int(digits) if len(digits) == 3 and digits.isdigit() else None
        note_message("SMTP", where, message, code=code, answer=reply.words, why=_reason(reply))

    def find(self, message: bytes) -> Sent | None:
        """None: SMTP cannot look for sent mail. A repeat has the same Message-ID."""
        del message
        return None

    def try_out(self) -> Refused | Busy | Unreachable | None:
        """See `ports.messenger.Triable.try_out`: greets, encrypts and logs in as `send` does."""
        with within(self._timeout):
            try:
                smtp = _connected(self._server)
                try:
                    smtp.ehlo_or_helo_if_needed()
                    with suppress(smtplib.SMTPException, OSError):
                        smtp.putcmd("QUIT")
                finally:
                    smtp.close()
            except (smtplib.SMTPException, OSError) as error:
                return Unreachable("smtp.DeadlineExceeded") if is_over() else _trouble(error)
        return None

    def _hand_in(self, read: Message, message: bytes, to: list[str]) -> Sent:
        _, sender = parseaddr(str(read["From"]))
        smtp = _connected(self._server)
        try:
            refused = smtp.sendmail(sender, to, message)
            # The server has accepted the message: later errors do not matter.
            with suppress(smtplib.SMTPException, OSError):
                smtp.putcmd("QUIT")
        finally:
            smtp.close()
        if refused:
            codes = ", ".join(sorted({str(code) for code, _ in refused.values()}))
            log.warning("smtp.some_refused", extra={"count": len(refused), "status": codes})
        return Sent(str(read["Message-ID"] or ""))


class _Plain(smtplib.SMTP):
    """An SMTP client all of whose waits keep the deadline (`net.deadline.within`)."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del timeout
        return open_connection(host, port)


class _Secure(smtplib.SMTP_SSL, _Plain):
    pass


def _connected(server: MailServer) -> smtplib.SMTP:
    """A connection that is ready to send mail.

    Raises what smtplib raises, also if the server lacks what `security` or `user` need.
    """
    # With this name given, smtplib does not ask the resolver for the name of this machine.
    name = "localhost"
    if server.security == "tls":
        smtp: _Plain = _Secure(local_hostname=name, context=trust())
    else:
        smtp = _Plain(local_hostname=name)
    try:
        if server.security == "tls":
            smtp._host = server.host  # type: ignore[attr-defined]  # the name that is verified
        status, words = smtp.connect(server.host, server.port)
        if status != 220:
            raise smtplib.SMTPConnectError(status, words)
        if smtp.sock is not None:
            smtp.local_hostname = _literal(smtp.sock)
        if server.security == "starttls":
            smtp._host = server.host  # type: ignore[attr-defined]
            smtp.starttls(context=trust())
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _reason(reply: Refused | Busy | Unreachable) -> str:
    match reply:
        case Refused(reason=reason):
            return reason
        case Busy():
            return "smtp.busy"
        case Unreachable(words=words):
            return words


def _is_here(host: str) -> bool:
    return host.lower() in ("localhost", "::1") or host.startswith("127.")


def _literal(connection: socket.socket) -> str:
    """The address with which a machine without a name greets (RFC 5321, 4.1.4)."""
    address = connection.getsockname()[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _trouble(error: Exception) -> Refused | Busy | Unreachable:
    """The meaning of an error, without e-mail addresses that it may contain."""
    match error:
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=words):
            return _meaning((code, words if isinstance(words, bytes) else words.encode()))
        case smtplib.SMTPRecipientsRefused(recipients=answers):
            # All recipients were refused; retry if any of the refusals is temporary.
            return _meaning(min(answers.values()))
        case smtplib.SMTPNotSupportedError():
            missing = "login" if "AUTH" in str(error) else "starttls"
            return Unreachable(f"smtp.{missing}_not_offered")
        case smtplib.SMTPServerDisconnected():
            return Unreachable("smtp.hung_up")
        case ssl.SSLCertVerificationError():
            return Unreachable("smtp.certificate_not_trusted")
        case _:
            return Unreachable(f"smtp.{type(error).__name__}")


def _meaning(reply: Reply) -> Refused | Busy | Unreachable:
    """The meaning of a server's negative reply: 4xx is temporary, 5xx permanent."""
    status, said = reply
    words = shortened(f"{status} {said.decode(errors='replace')}")
    if 500 <= status < 600:
        return Refused(f"smtp.{status}", words)
    if _PACED.search(words):
        return Busy(DEFAULT_HOLD, words)
    return Unreachable(f"smtp.{words}")
