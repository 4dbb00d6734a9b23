"""What goes to Slack, and how its messengers are told to get it there.

A webhook's message is the very body that is posted. A bot's is an `Errand`; so is the change of a
message by the address that Slack gave when one of its buttons was pressed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from leadline.channels.slack import messages
from leadline.channels.slack.messages import Message
from leadline.model.json_text import as_json_text
from leadline.model.people import key_of_person
from leadline.model.task import Alert
from leadline.ports.channel import Letter, Notice

DIRECT = "dm"
"""The room of those who are told by direct message."""


class Errand(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A call of Slack's Web API (`method`), or (`reply_url`) a change of the message in which a
    button was pressed.

    `to` is whom a direct message is for, by "slack" or "email", if they are known at all. To find
    the message again: it was posted after `since` (seconds since 1970) and is none of `known`
    (refs).
    """

    body: Message
    method: str = ""
    reply_url: str = ""
    to: Mapping[str, str] | None = None
    since: float = 0.0
    known: tuple[str, ...] = ()


class SlackWriter:
    """`ports.channel.Writer` for Slack: for an incoming webhook, or for a *bot* in a *room* (a
    channel's id, or `DIRECT`)."""

    def __init__(self, *, bot: bool = False, room: str = "") -> None:
        self._bot = bot
        self._room = room

    def alert(self, notice: Notice) -> Letter:
        """See `Writer.alert`."""
        return self._post(messages.alert(notice, by_email=self._bot), notice)

    def digest(self, notices: Sequence[Notice]) -> Letter | None:
        """See `Writer.digest`; a direct message has one reader."""
        readers = {key_of_person(n.holder) if n.holder else "" for n in notices}
        if self._room == DIRECT and len(readers) != 1:
            return None
        return self._post(messages.digest(notices, by_email=self._bot), *notices)

    def update(self, notice: Notice, told: Alert) -> Letter | None:
        """See `Writer.update`. A bot may change what it wrote; a webhook only the message in which
        a button was pressed, for a while."""
        if told.digest:
            return None
        message = messages.alert(notice, by_email=self._bot)
        if self._bot:
            channel, slash, ts = told.ref.partition("/")
            if not slash:
                return None
            kept = {part: message[part] for part in ("text", "blocks", "metadata")}
            body = {**kept, "channel": channel, "ts": ts}
            return _letter(message, Errand(method="chat.update", body=body))
        handled = notice.handling
        if not handled.reply_url or not (handled.reply_until and handled.reply_until > notice.now):
            return None
        body = {**message, "replace_original": True}
        return _letter(message, Errand(reply_url=handled.reply_url, body=body))

    def news(self, notice: Notice, told: Alert) -> Letter | None:
        """See `Writer.news`; below the first message where that is possible."""
        if notice.holder is None:
            return None
        thread = self._thread(told)
        message = messages.news_of_owner(notice, by_email=self._bot, in_thread=bool(thread))
        return self._post({**message, **thread}, notice)

    def reminder(self, notice: Notice, told: Alert | None) -> Letter:
        """See `Writer.reminder`; from the escalation on it is shown in the channel, too."""
        message = messages.reminder(notice, by_email=self._bot)
        thread = self._thread(told) if told is not None else {}
        if thread and notice.handling.level > 1:
            thread["reply_broadcast"] = True
        return self._post({**message, **thread}, notice)

    def _thread(self, told: Alert) -> Message:
        """What makes a message an answer to an earlier one of the room."""
        channel, slash, ts = told.ref.partition("/")
        return {"thread_ts": ts} if self._bot and slash and channel == self._room else {}

    def _post(self, message: Message, *notices: Notice) -> Letter:
        if not self._bot:
            return Letter(as_json_text(message), messages.template_of(message))
        since = min((n.lead.captured_at for n in notices), default=None)
        errand = Errand(
            method="chat.postMessage",
            body=message if self._room == DIRECT else {**message, "channel": self._room},
            to=_reader(notices) if self._room == DIRECT else None,
            since=max(0.0, since.timestamp()) if since else 0.0,
            known=tuple(a.ref for n in notices for a in n.told if a.ref),
        )
        return _letter(message, errand)


def _reader(notices: Sequence[Notice]) -> Mapping[str, str]:
    """By what Slack knows whom a direct message is for; empty where there is nobody."""
    who = notices[0].addressee if notices else None
    ways: dict[str, Any] = {"slack": who.slack, "email": who.email} if who else {}
    return {way: value for way, value in ways.items() if value}


def _letter(message: Message, errand: Errand) -> Letter:
    return Letter(as_json_text(errand), messages.template_of(message))
