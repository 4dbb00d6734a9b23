"""Slack's Web API with a bot token (Slack docs, "chat.postMessage", "chat.update",
"conversations.open", "conversations.history", "users.lookupByEmail").

Scopes: `chat:write` is required; `users:read.email` for mentions by e-mail, `im:write` for direct
messages, and `channels:history` (`groups:history`, `im:history`) to find a message whose response
was lost are optional: without one of them, its feature is left out.
"""

import logging
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from leadline.channels.slack.writer import DIRECT, SlackCall
from leadline.model.errors import ConfigurationError
from leadline.model.texts.patterns import late
from leadline.net.address import check_url
from leadline.net.posting import JSON, Poster, PostReply
from leadline.net.retry_after import pause_of
from leadline.ports.channel import GONE, NO_OWNER
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable

log = logging.getLogger(__name__)

API = "https://slack.com/api"
_FORM = "application/x-www-form-urlencoded"
_HISTORY = 8 << 20
_PAGE, _PAGES = 200, 10
_BEFORE_S = 60.0  # for a difference between our clock and Slack's
_KNOWN_S, _UNKNOWN_S, _NO_ANSWER_S = 3600.0, 600.0, 30.0
_ASIDE = 0.4  # share of the timeout for look-ups, so that they leave time for the message itself
_MENTION = late(r"<@mailto:([^|>]+)\|([^>]*)>")
# Temporary errors (Slack docs, "chat.postMessage", errors).
_PASSING = frozenset(
    {
        "accesslimited",
        "external_channel_migrating",
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
_PACED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_GONE = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"}
)

Answer = dict[str, Any]


class SlackBot:
    """`ports.messenger.Messenger` for a Slack app's bot in one *room*: a channel's id, or `DIRECT`.

    *timeout* in seconds bounds the call that sends the message; each look-up before it may take
    0.4 of that. Raises ConfigurationError without a token or a room, or for an invalid *url*.
    """

    def __init__(self, token: str, room: str, timeout: float = 10.0, url: str = API) -> None:
        if not token:
            raise ConfigurationError("a slack-bot channel needs a token (xoxb-…)")
        if not room:
            raise ConfigurationError("a slack-bot channel needs a room: a channel's id, or dm")
        check_url(url, "the url of a slack-bot channel")
        self._token = token
        self._room = room
        self._url = url.rstrip("/")
        self._poster = Poster("slack", timeout, shows_path=True)
        self._aside = Poster("slack", timeout * _ASIDE, shows_path=True)
        self._people: dict[str, tuple[str, float]] = {}
        self._ask_nobody_until = 0.0
        self._rooms: dict[str, str] = {}

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.messenger.Messenger.send`; the message is an `SlackCall`, the ref is
        "CHANNEL/TS"."""
        call = msgspec.json.decode(message, type=SlackCall)
        body = call.body
        if self._room == DIRECT and call.method == "chat.postMessage":
            room = self._direct(call.to or {})
            if not isinstance(room, str):
                return room
            body = {**body, "channel": room}
        answer = self._call(call.method, self._with_mentions(body))
        if not isinstance(answer, dict):
            return answer
        return Sent(f"{answer.get('channel', '')}/{answer.get('ts', '')}")

    def find(self, message: bytes) -> Sent | None:
        """See `ports.messenger.Messenger.find`: searches the messages since the lead was captured.

        A digest that names the lead is returned without a ref, so that it is not replaced by a
        message about this lead alone.
        """
        call = msgspec.json.decode(message, type=SlackCall)
        if call.method != "chat.postMessage":
            return None  # changing a message twice does no harm
        channel = call.body.get("channel") or self._direct_for_reading(call.to or {})
        if not channel:
            return None
        wanted = call.body["metadata"]["event_payload"]
        for posted in self._history(channel, call):
            ref = f"{channel}/{posted.get('ts', '')}"
            payload = (posted.get("metadata") or {}).get("event_payload") or {}
            if ref in call.known:
                continue
            if payload == wanted:
                return Sent(ref)
            if _names(payload, wanted):
                return Sent()
        return None

    def try_out(self) -> Refused | Busy | Unreachable | None:
        """See `ports.messenger.Triable.try_out` (Slack docs, "auth.test")."""
        answer = self._ask("auth.test", {})
        return None if isinstance(answer, dict) else answer

    def _history(self, channel: str, call: SlackCall) -> Iterator[Answer]:
        """The messages in the channel, or the thread, since the earliest possible attempt."""
        method, arguments = "conversations.history", {"channel": channel}
        if thread := call.body.get("thread_ts"):
            method, arguments = "conversations.replies", {"channel": channel, "ts": thread}
        arguments |= {
            "include_all_metadata": "true",
            "limit": str(_PAGE),
            "oldest": f"{max(0.0, call.since - _BEFORE_S):.6f}",
        }
        for _ in range(_PAGES):
            answer = self._ask(method, arguments, most=_HISTORY)
            if not isinstance(answer, dict):
                log.warning("slack.no_history", extra={"reason": _reason(answer)})
                return
            yield from (m for m in answer.get("messages") or () if isinstance(m, dict))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            arguments["cursor"] = cursor

    def _direct(self, to: Mapping[str, str]) -> str | Refused | Busy | Unreachable:
        """The id of the channel for direct messages to this person."""
        user = to.get("slack", "")
        if not user and to.get("email"):
            found = self._user(to["email"])
            if not isinstance(found, str):
                return found
            user = found
        if not user:
            why = "Slack has no user with the owner's e-mail address" if to else "nobody owns it"
            return Refused(NO_OWNER, f"{why}, so no direct message can be sent")
        if user not in self._rooms:
            answer = self._call("conversations.open", {"users": user})
            if not isinstance(answer, dict):
                return answer
            self._rooms[user] = str((answer.get("channel") or {}).get("id", ""))
        return self._rooms[user]

    def _direct_for_reading(self, to: Mapping[str, str]) -> str:
        room = self._direct(to) if self._room == DIRECT else ""
        return room if isinstance(room, str) else ""

    def _with_mentions(self, body: Answer) -> Answer:
        """The message with each token of `pieces.mention` replaced by a mention or a name."""
        return {
            part: self._resolved(value) if part in ("text", "blocks") else value
            for part, value in body.items()
        }

    def _resolved(self, value: Any, kind: str = "mrkdwn") -> Any:
        """Replaces tokens only in markup, where texts from leads are escaped and cannot contain
        one."""
        if isinstance(value, str):
            return _MENTION.sub(self._mention, value) if kind == "mrkdwn" else value
        if isinstance(value, list):
            return [self._resolved(one) for one in value]
        if isinstance(value, dict):
            own = str(value.get("type", ""))
            return {
                part: self._resolved(inner, own)
                if part == "text" or not isinstance(inner, str)
                else inner
                for part, inner in value.items()
            }
        return value

    def _mention(self, match: re.Match[str]) -> str:
        if time.monotonic() < self._ask_nobody_until:
            return match[2]
        user = self._user(match[1])
        if not isinstance(user, str):
            self._ask_nobody_until = time.monotonic() + _NO_ANSWER_S
            return match[2]
        return f"<@{user}>" if user else match[2]

    def _user(self, email: str) -> str | Busy | Unreachable:
        """The Slack id of the user with this address; "" if there is none or Slack won't say."""
        key, now = email.lower(), time.monotonic()
        kept, until = self._people.get(key, ("", 0.0))
        if now < until:
            return kept
        answer = self._ask("users.lookupByEmail", {"email": email})
        if isinstance(answer, Busy | Unreachable):
            return answer
        found = ""
        if isinstance(answer, Refused):
            if answer.reason != "slack.users_not_found":
                log.warning("slack.no_user", extra={"reason": answer.reason})
        else:
            found = str((answer.get("user") or {}).get("id", ""))
        self._people[key] = (found, now + (_KNOWN_S if found else _UNKNOWN_S))
        return found

    def _call(self, method: str, body: Answer) -> Answer | Refused | Busy | Unreachable:
        headers = {"content-type": JSON, "authorization": f"Bearer {self._token}"}
        answer = self._poster.post(f"{self._url}/{method}", msgspec.json.encode(body), headers)
        return self._meaning(answer)

    def _ask(
        self, method: str, arguments: Mapping[str, str], most: int = 64 << 10
    ) -> Answer | Refused | Busy | Unreachable:
        """Call a reading method, which takes a form instead of JSON (Slack docs,
        "users.lookupByEmail"); *most* is the limit of the answer in octets."""
        headers = {"content-type": _FORM, "authorization": f"Bearer {self._token}"}
        body = urlencode(arguments).encode()
        return self._meaning(self._aside.post(f"{self._url}/{method}", body, headers, most))

    def _meaning(self, answer: PostReply | Unreachable) -> Answer | Refused | Busy | Unreachable:
        """The meaning of a response. Errors come with 200 and `ok: false`, except 429 for too many
        calls (Slack docs, "Web API")."""
        if isinstance(answer, Unreachable):
            return answer
        if (trouble := self._poster.failure(answer)) is not None:
            return trouble
        try:
            body = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            body = None
        if not isinstance(body, dict) or "ok" not in body:
            if 200 <= answer.status < 300:
                return Unreachable("slack.not_understood")
            return Refused(f"slack.http_{answer.status}", answer.words)
        if body["ok"] is True:
            return body
        error = str(body.get("error", "unknown_error"))
        if error in _PACED:
            return Busy(pause_of(answer.headers), error)
        if error in _PASSING:
            return Unreachable(f"slack.{error}")
        return Refused(GONE if error in _GONE else f"slack.{error}", _words(error, body))


def _names(payload: Answer, wanted: Answer) -> bool:
    """Whether a digest contains the wanted lead."""
    leads = payload.get("leads")
    return (
        "level" not in wanted
        and "owner" not in wanted
        and isinstance(leads, list)
        and any(
            isinstance(lead, dict) and lead.get("lead_id") == wanted.get("lead_id")
            for lead in leads
        )
    )


def _words(error: str, body: Answer) -> str:
    """Slack's explanation: the error, the missing scope, what is wrong with the message."""
    said = [error]
    if needed := body.get("needed"):
        said.append(f"needs the scope {needed}")
    details = (body.get("response_metadata") or {}).get("messages") or body.get("errors") or []
    return " ".join("; ".join(map(str, [*said, *details])).split())[:200]


def _reason(answer: Refused | Busy | Unreachable) -> str:
    return answer.reason if isinstance(answer, Refused) else answer.words
