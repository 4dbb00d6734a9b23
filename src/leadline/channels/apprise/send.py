"""Sending by Apprise, an extra: `leadline[apprise]`. Apprise's wiki lists its services.

Apprise only says whether a service accepted the message: permanent refusals cannot be told from
temporary failures, and the service's own words are not known.
"""

import logging
import threading
from html import escape
from typing import TYPE_CHECKING

import msgspec

from leadline.channels.apprise.plain import PlainText
from leadline.model.errors import ConfigurationError
from leadline.model.texts.patterns import late
from leadline.net.noting import note_message
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable

if TYPE_CHECKING:
    from apprise import Apprise, NotifyBase

_RUN = late(" (?= )")
_text = msgspec.json.Decoder(PlainText)


class AppriseMessenger:
    """Sends to one Apprise URL, which is a secret and appears in no message.

    A call is given up after *timeout* seconds; its message may still arrive. Raises
    ConfigurationError, which begins with the *setting*, if the extra is not installed or Apprise
    does not understand the URL.
    """

    def __init__(self, url: str, timeout: float = 10.0, *, setting: str = "channels") -> None:
        self._service = _service(url, setting)
        self._as_html = all(_makes_html(plugin) for plugin in self._service)
        self._timeout = timeout
        self._late: threading.Thread | None = None

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.messenger.Messenger.send`."""
        if self._late is not None and self._late.is_alive():
            return Unreachable("apprise.still_busy")
        text = _text.decode(message)
        replies: list[Sent | Unreachable] = []
        # Apprise has no deadline for a whole call, so a late call is left running in its thread.
        call = threading.Thread(target=lambda: replies.append(self._notify(text)), daemon=True)
        call.start()
        call.join(self._timeout)
        reply = replies[0] if replies else Unreachable("apprise.DeadlineExceeded")
        if not replies:
            self._late = call
        why = reply.words if isinstance(reply, Unreachable) else ""
        shown = f"{text.title}\n{text.body}".encode()
        note_message("APPRISE", "apprise", shown, code=None if why else 200, why=why)
        return reply

    def find(self, message: bytes) -> Sent | None:
        """None: Apprise only sends."""
        del message
        return None

    def _notify(self, text: PlainText) -> Sent | Unreachable:
        body, kind = (_html(text.body), "html") if self._as_html else (text.body, "text")
        try:
            taken = self._service.notify(
                body=body, title=text.title, body_format=kind, interpret_escapes=False
            )
        except Exception as error:  # Apprise's plug-ins may raise anything
            return Unreachable(f"apprise.{type(error).__name__}")
        return Sent() if taken else Unreachable("apprise.not_taken")


def _service(url: str, setting: str) -> "Apprise":
    try:
        import apprise
    except ImportError:
        raise ConfigurationError(
            f"{setting}: the kind apprise needs the package apprise, which is not installed: "
            "pip install apprise, in the environment of Leadline"
        ) from None
    # The log lines of Apprise and of the HTTP client of its plug-ins contain URLs.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    service = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False))
    if not service.add(url):
        raise ConfigurationError(f"{setting}.url must be a URL that Apprise understands")
    return service


def _makes_html(plugin: "NotifyBase") -> bool:
    """Whether a plug-in makes HTML of a text, and keeps the title, which is not escaped, apart."""
    resolve = getattr(plugin, "resolve_format", None)  # 1.9: one format a plug-in
    chosen = plugin.notify_format if resolve is None else resolve("text")
    return chosen == "html" and plugin.title_maxlen > 0


def _html(text: str) -> str:
    """The text as HTML. Apprise (2.3.0) makes every space a no-break space, so that no line of an
    e-mail can be broken; here only runs of spaces get them."""
    return _RUN.sub("&nbsp;", escape(text, quote=False)).replace("\n", "<br/>\n")
