"""Parsing Salesforce Outbound Messages; document types and entities are refused."""

from typing import Any
from urllib.parse import urlsplit
from xml.parsers import expat

from leadline.model.bounds import MOST_EVENTS
from leadline.model.errors import TooManyEvents, Unreadable
from leadline.model.texts.charsets import decode_document
from leadline.model.texts.patterns import late

_MOST_DEPTH = 32
_SPACE = b"\r\n\t "
_DECLARED = late(rb"""<\?xml\s[^>]{0,100}?\bencoding\s*=\s*["']([^"'<>]{1,100})["']""")
_ENVELOPE = frozenset({"OrganizationId", "ActionId", "EnterpriseUrl", "PartnerUrl"})


class _Reader:
    """Collects the envelope's elements and each notification's fields, in document order."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.text: list[str] = []
        self.envelope: dict[str, str] = {}
        self.notifications: list[dict[str, Any]] = []
        self.sound = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self.path.append(local)
        self.text = []
        if len(self.path) > _MOST_DEPTH:
            raise Unreadable("the XML is nested too deeply")
        if local == "notifications":
            self.sound = True
        elif local == "Notification":
            if len(self.notifications) == MOST_EVENTS:
                raise TooManyEvents(MOST_EVENTS)
            self.notifications.append({"sObject": {}})
        elif local == "sObject" and self.notifications:
            kind = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "type"), "")
            self.notifications[-1]["type"] = kind.rpartition(":")[2]

    def data(self, data: str) -> None:
        self.text.append(data)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        value = "".join(self.text)
        self.text = []
        self.path.pop()
        above = self.path[-1] if self.path else ""
        if above == "notifications" and local in _ENVELOPE:
            self.envelope[local] = value
        elif above == "Notification" and local == "Id":
            self.notifications[-1]["Id"] = value
        elif above == "sObject" and self.notifications:
            self.notifications[-1]["sObject"][local] = value
        # SessionId is left out on purpose: it gives access to the sender's Salesforce.


def read_outbound_message(body: bytes) -> tuple[str, list[dict[str, Any]], tuple[str, ...]]:
    """The sender's organization id, each notification as `{Id, type, base, sObject}`, and notes on
    decoding problems (`charsets.NOTES`).

    Raises Unreadable if the body is not an Outbound Message, and TooManyEvents if it has more than
    MOST_EVENTS notifications.
    """
    reader = _Reader()
    body = body.lstrip(_SPACE)
    declared = _DECLARED.match(body)
    text, notes = decode_document(body, declared[1].decode("latin-1") if declared else "")
    # With an explicit encoding, expat ignores the declared one, for which it would ask Python's
    # codecs.
    parser = expat.ParserCreate("utf-8")

    def refuse(*_: object) -> None:
        raise Unreadable("the XML has a document type, which is not accepted")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise Unreadable(f"not XML: {expat.ErrorString(error.code)}") from None
    if not reader.sound:
        raise Unreadable("the XML is not an Outbound Message")
    address = reader.envelope.get("EnterpriseUrl") or reader.envelope.get("PartnerUrl") or ""
    base = _base(address)
    for notification in reader.notifications:
        notification["base"] = base
    return reader.envelope.get("OrganizationId", ""), reader.notifications, notes


def _base(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"https://{parts.netloc}" if parts.scheme == "https" else ""
