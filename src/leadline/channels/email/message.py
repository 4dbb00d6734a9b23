"""E-mail messages: text and HTML without remote content; headers cannot be injected.

A message has the same Message-ID on every attempt, by which servers and mail programs recognise a
repeat. RFC 5322 (messages), 2047 (encoded words in headers), 3834 (automatic messages).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, parseaddr
from html import escape

from leadline.alerts.wording.marks import mark_of_alert, mark_of_digest, mark_of_news
from leadline.alerts.wording.story import (
    Story,
    story_of_lead,
    story_of_many,
    story_of_owner,
    story_of_waiting,
)
from leadline.alerts.wording.trouble_story import mark_of_troubles, story_of_troubles, when_found
from leadline.model.errors import ConfigurationError
from leadline.model.lead import Ownership
from leadline.model.monitoring.trouble import KnownTrouble
from leadline.model.staff.people import Person
from leadline.model.task import Alert
from leadline.model.texts.patterns import late
from leadline.ports.channel import Notice, OutgoingMessage

OWNER_WORD = "owner"
"""The recipient in `to` that stands for the lead's holder."""

# Addresses that every server takes without SMTPUTF8 and that need no quoting in a header.
_ADDRESS = late(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_MESSAGE_ID = late(r"<[A-Za-z0-9._+-]{1,200}@[A-Za-z0-9.-]{1,200}>")
_UNUSABLE = frozenset(["email.invalid", "email.lines", "email.placeholder", "email.several"])
_CRLF = compat32.clone(linesep="\r\n")
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP


class EmailWriter:
    """`ports.channel.Writer` for e-mail from *sender* ("Leads <leads@example.com>").

    Recipients are the addresses in *to*. With `OWNER_WORD` among them a message goes to the lead's
    holder, and to the others only if the holder's address is not known. A holder's address is used
    if the CRM or a claim names it, if it is in *team*, or if it is of the domain of the sender or
    of an address in *to*: a form that a visitor filled in must not choose our recipients. A message
    without recipients has no To.

    Raises ConfigurationError, which begins with the *setting*, for an invalid address.
    """

    def __init__(
        self,
        channel: str,
        sender: str,
        to: Sequence[str],
        team: Iterable[str] = (),
        *,
        setting: str = "channels",
    ) -> None:
        self._channel = channel
        self._from, address = read_mailbox(sender, f"{setting}.sender")
        self._domain = address.rpartition("@")[2].lower()
        self.asks_for_owner = any(one.lower() == OWNER_WORD for one in to)
        others = [read_mailbox(one, f"{setting}.to") for one in to if one.lower() != OWNER_WORD]
        self._to = tuple(shown for shown, _ in others)
        self._team = frozenset(one.lower() for one in team if one)
        self._domains = {self._domain, *(one.rpartition("@")[2].lower() for _, one in others)}

    def alert(self, notice: Notice) -> OutgoingMessage:
        """See `Writer.alert`."""
        story = story_of_lead(notice)
        mark = mark_of_alert(self._channel, story.template, notice)
        return self._of_lead(story, mark, notice, self._reply_to(notice))

    def digest(self, notices: Sequence[Notice]) -> OutgoingMessage | None:
        """See `Writer.digest`."""
        story = story_of_many(notices)
        if len({self._recipients(notice) for notice in notices}) != 1:
            return None  # one message cannot go to different recipients
        mark = mark_of_digest(self._channel, story.template, notices)
        return self._of_lead(story, mark, notices[0], {})

    def update(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        """None: sent e-mail cannot be changed."""
        del notice, alert
        return None

    def news(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        """See `Writer.news`; a reply to the alert."""
        story = story_of_owner(notice)
        if story is None:
            return None
        mark = mark_of_news(self._channel, story.template, notice)
        to = self._recipients(notice)
        if self.asks_for_owner and (former := self._address_of(notice, notice.former)):
            to = tuple(dict.fromkeys((*to, former)))
        more = self._answering(alert) | self._reply_to(notice)
        return self._render(story, mark, to, notice.now, more)

    def reminder(self, notice: Notice, alert: Alert | None) -> OutgoingMessage:
        """See `Writer.reminder`; a reply to the alert, if there was one."""
        story = story_of_waiting(notice)
        mark = mark_of_news(self._channel, story.template, notice)
        headers = self._answering(alert) if alert is not None else {}
        return self._of_lead(story, mark, notice, headers | self._reply_to(notice))

    def troubles(self, troubles: Sequence[KnownTrouble]) -> OutgoingMessage | None:
        """See `Writer.troubles`; for the recipients in `to`, without `OWNER_WORD`."""
        mark = mark_of_troubles(self._channel, troubles)
        return self._render(story_of_troubles(troubles), mark, self._to, when_found(troubles), {})

    def _of_lead(
        self, story: Story, mark: str, notice: Notice, more: Mapping[str, str]
    ) -> OutgoingMessage:
        return self._render(story, mark, self._recipients(notice), notice.now, more)

    def _render(
        self,
        story: Story,
        mark: str,
        recipients: tuple[str, ...],
        now: datetime,
        more: Mapping[str, str],
    ) -> OutgoingMessage:
        message = MIMEMultipart("alternative", boundary=f"=_{mark}")
        headers = {
            "From": self._from,
            "To": ",\r\n ".join(recipients),
            "Subject": in_header(story.headline, "Subject"),
            "Date": format_datetime(now.astimezone(UTC)),
            "Message-ID": f"<{mark}@{self._domain}>",
            "Auto-Submitted": "auto-generated",
            # Without it Exchange sends automatic replies (MS-OXCMAIL 2.2.3.2.14).
            "X-Auto-Response-Suppress": "All",
            **more,
        }
        for name, value in headers.items():
            if value:
                message[name] = value
        message.attach(_part(story_as_text(story), "plain"))
        message.attach(_part(story_as_html(story), "html"))
        return OutgoingMessage(message.as_bytes(policy=_CRLF), story.template)

    def _recipients(self, notice: Notice) -> tuple[str, ...]:
        """The recipients: the holder and the person asked to take over, else the others in `to`."""
        if self.asks_for_owner:
            known = (self._address_of(notice, who) for who in (notice.escalated_to, notice.holder))
            found = tuple(dict.fromkeys(address for address in known if address))
            if found:
                return found
        return self._to

    def _address_of(self, notice: Notice, who: Person | None) -> str:
        """The person's address; "" if it is unknown or not trusted (see the class)."""
        address = who.email.strip() if who is not None else ""
        if not is_mailbox(address):
            return ""
        told_by_us = notice.ownership is Ownership.ASSIGNED or notice.handling.claimed_by
        domain = address.rpartition("@")[2].lower()
        if told_by_us or address.lower() in self._team or domain in self._domains:
            return address
        return ""

    def _reply_to(self, notice: Notice) -> dict[str, str]:
        """A Reply-To with the lead's address, so that a reply goes to the lead; none if the address
        is doubtful."""
        lead = notice.lead
        address = lead.contact.email or ""
        if notice.test or not is_mailbox(address) or _UNUSABLE & {*lead.problems}:
            return {}
        return {"Reply-To": address}

    def _answering(self, alert: Alert) -> dict[str, str]:
        """The headers that make a message a reply to that of the alert *alert*."""
        if not _MESSAGE_ID.fullmatch(alert.ref):
            return {}
        return {"In-Reply-To": alert.ref, "References": alert.ref}


def is_mailbox(address: str) -> bool:
    """Whether every mail server takes this as an address: RFC 5321, ASCII, no quotes."""
    if len(address) > 254 or not _ADDRESS.fullmatch(address):
        return False
    local, _, domain = address.partition("@")
    return len(local) <= 64 and all(len(label) <= 63 for label in domain.split("."))


def read_mailbox(text: str, setting: str) -> tuple[str, str]:
    """A mailbox as a header has it, and its address alone.

    Raises ConfigurationError, which names the *setting*, if *text* is not a mailbox.
    """
    shown, address = parseaddr(text)
    if not is_mailbox(address) or any(c in text for c in "\r\n\0"):
        raise ConfigurationError(
            f"{setting} must be an e-mail address such as leads@example.com or "
            "Leads <leads@example.com>"
        )
    if not shown:
        return address, address
    quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
    name = in_header(shown, "From")
    return (f'"{quoted}" <{address}>' if name == shown else f"{name} <{address}>"), address


def in_header(text: str, header: str) -> str:
    """Text for a header: unchanged if it is printable ASCII, else as encoded words (RFC 2047)."""
    if text.isascii() and text.isprintable() and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def story_as_text(story: Story) -> str:
    """The message as plain text."""
    lines = [story.title, "", *story.remarks]
    if story.remarks:
        lines.append("")
    lines += [f"{label}: {value}" for label, value in story.facts]
    lines += [f"- {e.name}{f' · {e.rest}' if e.rest else ''}" for e in story.entries]
    if story.quotation:
        lines += ["", *(f"> {line}" for line in story.quotation.split("\n"))]
    if story.warnings:
        lines += ["", f"Please check: {story.warnings}"]
    if story.links:
        lines += ["", *(f"{label}: {url}" for label, url in story.links)]
    return "\n".join([*lines, "", *story.footer, ""])


def story_as_html(story: Story) -> str:
    """The message as HTML without remote content."""
    rows = "".join(
        f'<tr><th align="left" valign="top">{escape(label)}</th><td>{escape(value)}</td></tr>'
        for label, value in story.facts
    )
    entries = "".join(f"<li>{_entry(e.name, e.rest, e.url)}</li>" for e in story.entries)
    words = "<br>\n".join(escape(line) for line in story.quotation.split("\n"))
    ways = " | ".join(_link(url, label) for label, url in story.links)
    parts = [
        f"<h2>{escape(story.title)}</h2>",
        *(f"<p>{escape(remark)}</p>" for remark in story.remarks),
        f'<table cellpadding="4">{rows}</table>' if rows else "",
        f"<ul>{entries}</ul>" if entries else "",
        f"<blockquote>{words}</blockquote>" if story.quotation else "",
        f"<p>Please check: {escape(story.warnings)}</p>" if story.warnings else "",
        f"<p>{ways}</p>" if ways else "",
        f"<p><small>{'<br>'.join(escape(line) for line in story.footer)}</small></p>",
    ]
    body = "\n".join(part for part in parts if part)
    head = '<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head>'
    return f"{head}<body>\n{body}\n</body></html>\n"


def _entry(name: str, rest: str, url: str) -> str:
    called = _link(url, name) if url else escape(name)
    return f"{called} · {escape(rest)}" if rest else called


def _link(url: str, label: str) -> str:
    return f'<a href="{escape(url)}" rel="noreferrer">{escape(label)}</a>'


def _part(text: str, kind: str) -> Message:
    part = MIMEText(text, kind, _UTF8)  # type: ignore[arg-type]  # a Charset says how to encode
    del part["MIME-Version"]
    return part
