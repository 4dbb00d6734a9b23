"""The writer of messages to Slack, and the form in which its messengers get them.

A webhook gets the body to post, or an `SlackCall` to change a message by the `reply_url` that Slack
gave when a button was pressed. A bot always gets an `SlackCall`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from leadline.channels.slack import messages
from leadline.channels.slack.messages import Message
from leadline.model.monitoring.trouble import KnownTrouble
from leadline.model.staff.people import key_of_person
from leadline.model.task import Alert
from leadline.model.texts.json_text import as_json_text
from leadline.ports.channel import Notice, OutgoingMessage

DIRECT = "dm"
"""The room that stands for a direct message to the lead's holder."""


class SlackCall(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A call of Slack's Web API (`method`), or a change by `reply_url` of the message in which a
    button was pressed.

    `to` has the "slack" id and "email" of the recipient of a direct message, as far as they are
    known. `since` (seconds since 1970) and `known` serve to find the message again: it was posted
    after `since`, and its ref is not in `known`.
    """

    body: Message
    method: str = ""
    reply_url: str = ""
    to: Mapping[str, str] | None = None
    since: float = 0.0
    known: tuple[str, ...] = ()


class SlackWriter:
    """`ports.channel.Writer` for Slack: for an incoming webhook, or for a *bot* in a *room* (a
    channel's id, or `DIRECT`). With *hot_here*, alerts of hot leads mention all who are active in
    the room."""

    def __init__(self, *, bot: bool = False, room: str = "", hot_here: bool = False) -> None:
        self._bot = bot
        self._room = room
        self._hot_here = hot_here and room != DIRECT

    def alert(self, notice: Notice) -> OutgoingMessage:
        """See `Writer.alert`."""
        message = messages.alert(notice, by_email=self._bot)
        if self._hot_here and notice.is_hot and not notice.test:
            message = messages.calling_all(message)
        return self._post(message, notice)

    def digest(self, notices: Sequence[Notice]) -> OutgoingMessage | None:
        """See `Writer.digest`; None for a direct message that would have several recipients."""
        readers = {key_of_person(n.holder) if n.holder else "" for n in notices}
        if self._room == DIRECT and len(readers) != 1:
            return None
        return self._post(messages.digest(notices, by_email=self._bot), *notices)

    def update(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        """See `Writer.update`. A bot can change its messages at any time; a webhook only the
        message in which a button was pressed, while the `reply_url` is valid."""
        if alert.digest:
            return None
        message = messages.alert(notice, by_email=self._bot)
        if self._bot:
            channel, slash, ts = alert.ref.partition("/")
            if not slash:
                return None
            kept = {part: message[part] for part in ("text", "blocks", "metadata")}
            body = {**kept, "channel": channel, "ts": ts}
            return _render(message, SlackCall(method="chat.update", body=body))
        handled = notice.handling
        if not handled.reply_url or not (handled.reply_until and handled.reply_until > notice.now):
            return None
        body = {**message, "replace_original": True}
        return _render(message, SlackCall(reply_url=handled.reply_url, body=body))

    def news(self, notice: Notice, alert: Alert) -> OutgoingMessage | None:
        """See `Writer.news`; in the thread of the alert if that is possible."""
        if notice.holder is None:
            return None
        thread = self._thread(alert)
        message = messages.news_of_owner(notice, by_email=self._bot, in_thread=bool(thread))
        return self._post({**message, **thread}, notice)

    def reminder(self, notice: Notice, alert: Alert | None) -> OutgoingMessage:
        """See `Writer.reminder`; in the thread of the alert, from the escalation on also in the
        channel."""
        message = messages.reminder(notice, by_email=self._bot)
        thread = self._thread(alert) if alert is not None else {}
        if thread and notice.handling.level > 1:
            thread["reply_broadcast"] = True
        return self._post({**message, **thread}, notice)

    def troubles(self, troubles: Sequence[KnownTrouble]) -> OutgoingMessage | None:
        """See `Writer.troubles`."""
        return self._post(messages.troubles(troubles))

    def _thread(self, alert: Alert) -> Message:
        """The argument that puts a message into the thread of an alert in this room; or none."""
        channel, slash, ts = alert.ref.partition("/")
        return {"thread_ts": ts} if self._bot and slash and channel == self._room else {}

    def _post(self, message: Message, *notices: Notice) -> OutgoingMessage:
        if not self._bot:
            return OutgoingMessage(as_json_text(message), messages.template_of(message))
        since = min((n.lead.captured_at for n in notices), default=None)
        call = SlackCall(
            method="chat.postMessage",
            body=message if self._room == DIRECT else {**message, "channel": self._room},
            to=_reader(notices) if self._room == DIRECT else None,
            since=max(0.0, since.timestamp()) if since else 0.0,
            known=tuple(a.ref for n in notices for a in n.alerts if a.ref),
        )
        return _render(message, call)


def _reader(notices: Sequence[Notice]) -> Mapping[str, str]:
    """The recipient of a direct message, by "slack" id and "email"; empty if there is none."""
    who = notices[0].addressee if notices else None
    ways: dict[str, Any] = {"slack": who.slack, "email": who.email} if who else {}
    return {way: value for way, value in ways.items() if value}


def _render(message: Message, call: SlackCall) -> OutgoingMessage:
    return OutgoingMessage(as_json_text(call), messages.template_of(message))
